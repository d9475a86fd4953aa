/** Files that can be fetched, with their sizes. */

import type { ReactNode } from "react";

export interface ListedFile {
  name: string;
  size_bytes: number;
}

/** @param at the address of the files, such as `/plans/ab12/files` */
export function FileList({ files, at }: { files: readonly ListedFile[]; at: string }): ReactNode {
  return (
    <ul className="list">
      {files.map((file) => (
        <li key={file.name}>
          <a href={`/api/v1${at}/${file.name.split("/").map(encodeURIComponent).join("/")}`} download={file.name.split("/").pop()}>
            {file.name}
          </a>
          <span className="soft">{Math.ceil(file.size_bytes / 1024)} kB</span>
        </li>
      ))}
    </ul>
  );
}
