/** Files or a folder, chosen or dropped, sent one by one; what broke off is sent again. */

import { type DragEvent, type ReactNode, useRef, useState } from "react";
import { ApiError, call, send } from "../../api";
import { useWords } from "../../language";
import type { Job } from "../../types/cases";

interface Props {
  onJob: (job: string) => void;
  onProblem: (problem: unknown) => void;
}

const AT_ONCE = 4;
const TRIES = 4;

export function Upload({ onJob, onProblem }: Props): ReactNode {
  const { t } = useWords();
  const [sent, setSent] = useState<[number, number] | null>(null);
  const [refused, setRefused] = useState("");
  const [over, setOver] = useState(false);
  const chooser = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);

  async function upload(files: readonly Named[]): Promise<void> {
    if (!files.length) return;
    onProblem(null);
    setRefused("");
    setSent([0, files.length]);
    try {
      const { upload: token } = await send<{ upload: string }>("POST", "/imports");
      await sendAll(token, files, (count) => setSent([count, files.length]), setRefused);
      onJob((await send<Job>("POST", `/imports/${token}`)).id);
    } catch (problem) {
      onProblem(problem);
    } finally {
      setSent(null);
    }
  }

  function drop(event: DragEvent): void {
    event.preventDefault();
    setOver(false);
    void filesOf(event.dataTransfer).then(upload);
  }

  return (
    <div
      className={over ? "drop over" : "drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <p>{t("cases.drop")}</p>
      <div className="row">
        <button type="button" className="primary" disabled={sent !== null} onClick={() => folder.current?.click()}>
          {t("cases.folder")}
        </button>
        <button type="button" disabled={sent !== null} onClick={() => chooser.current?.click()}>
          {t("cases.files")}
        </button>
        {sent ? (
          <span role="status">
            {t("cases.sent", { done: sent[0], all: sent[1] })} <progress value={sent[0]} max={sent[1]} />
          </span>
        ) : null}
      </div>
      {refused ? (
        <p className="bad" role="alert">
          {t("cases.refused", { name: refused })}
        </p>
      ) : null}
      <input ref={chooser} type="file" multiple hidden data-testid="files" onChange={(event) => void upload(chosenOf(event.target))} />
      <input
        type="file"
        hidden
        multiple
        data-testid="folder"
        ref={(element) => {
          folder.current = element;
          element?.setAttribute("webkitdirectory", "");
        }}
        onChange={(event) => void upload(chosenOf(event.target))}
      />
    </div>
  );
}

/** A file and what it is called where it comes from, with its folders. */
interface Named {
  file: File;
  name: string;
}

/** What was chosen; the same can be chosen again after. */
function chosenOf(input: HTMLInputElement): Named[] {
  const chosen = [...(input.files ?? [])].map((file) => ({ file, name: file.webkitRelativePath || file.name }));
  input.value = "";
  return chosen;
}

async function sendAll(token: string, files: readonly Named[], told: (count: number) => void, refused: (name: string) => void): Promise<void> {
  let next = 0;
  let done = 0;
  const worker = async (): Promise<void> => {
    while (next < files.length) {
      const at = next++;
      const named = files[at] as Named;
      await sendOne(`/imports/${token}/files/${at}`, named).catch((problem: unknown) => {
        refused(named.name);
        throw problem;
      });
      told(++done);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, files.length) }, worker));
}

/** Send a file; a lost connection is waited for. */
async function sendOne(path: string, { file, name }: Named): Promise<void> {
  for (let attempt = 1; ; attempt++)
    try {
      await call(path, { method: "PUT", body: file, fileName: name });
      return;
    } catch (problem) {
      if (!(problem instanceof ApiError) || problem.status !== 0 || attempt === TRIES) throw problem;
      await new Promise((wake) => setTimeout(wake, 1000 * attempt));
    }
}

/** Files of what was dropped, folders looked through. */
async function filesOf(dropped: DataTransfer): Promise<Named[]> {
  const entries = [...dropped.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (!entries.length) return [...dropped.files].map((file) => ({ file, name: file.name }));
  return (await Promise.all(entries.map(below))).flat();
}

async function below(entry: FileSystemEntry): Promise<Named[]> {
  const name = entry.fullPath.replace(/^\//, "");
  if (entry.isFile) return [{ file: await new Promise<File>((give, fail) => (entry as FileSystemFileEntry).file(give, fail)), name }];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: Named[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((give, fail) => reader.readEntries(give, fail));
    if (!some.length) return found;
    found.push(...(await Promise.all(some.map(below))).flat());
  }
}
