/** The three-dimensional stage, drawn by vtk.js; loaded only when it is shown. */

import "@kitware/vtk.js/Rendering/OpenGL/Profiles/Geometry";
import vtkDataArray from "@kitware/vtk.js/Common/Core/DataArray";
import vtkPolyData from "@kitware/vtk.js/Common/DataModel/PolyData";
import vtkOrientationMarkerWidget from "@kitware/vtk.js/Interaction/Widgets/OrientationMarkerWidget";
import vtkActor from "@kitware/vtk.js/Rendering/Core/Actor";
import vtkAnnotatedCubeActor from "@kitware/vtk.js/Rendering/Core/AnnotatedCubeActor";
import vtkCellPicker from "@kitware/vtk.js/Rendering/Core/CellPicker";
import vtkMapper from "@kitware/vtk.js/Rendering/Core/Mapper";
import vtkGenericRenderWindow from "@kitware/vtk.js/Rendering/Misc/GenericRenderWindow";
import type { vtkOpenGLRenderWindow } from "@kitware/vtk.js/Rendering/OpenGL/RenderWindow";
import type { Point } from "../../../viewer/geometry";
import { type Mesh, normalsOf } from "./meshes";

export interface Look {
  colour: string;
  opacity: number;
  /** A mark in space: it lights by itself, is not framed and not picked. */
  mark?: boolean;
}

/** The ray of sight under a pixel, and where it meets a surface that can be picked. */
export interface Sight {
  from_mm: Point;
  to_mm: Point;
  hit_mm: Point | null;
}

/** A surface with less opacity is looked through: the skin. */
const CLEAR = 0.2;

type Actor = ReturnType<typeof vtkActor.newInstance>;

export class Stage {
  private readonly window = vtkGenericRenderWindow.newInstance({ background: [0, 0, 0] });
  private readonly actors = new Map<string, Actor>();
  private readonly marker: ReturnType<typeof vtkOrientationMarkerWidget.newInstance>;
  private framed = false;

  constructor(private readonly box: HTMLElement) {
    this.window.setContainer(box);
    this.window.resize();
    this.marker = vtkOrientationMarkerWidget.newInstance({
      actor: cube() as never,
      interactor: this.window.getInteractor() as never,
    });
    this.marker.setEnabled(true);
    this.marker.setViewportCorner(vtkOrientationMarkerWidget.Corners.BOTTOM_LEFT);
    this.marker.setViewportSize(0.16);
    this.marker.setMinPixelSize(48);
    this.marker.setMaxPixelSize(90);
  }

  /** Show a mesh under a name, instead of what stood under it; an empty one is none. */
  show(name: string, mesh: Mesh, look: Look): void {
    this.remove(name);
    if (mesh.faces.length) {
      const actor = actorOf(mesh, look);
      this.actors.set(name, actor);
      this.window.getRenderer().addActor(actor);
    }
    if (!this.framed) this.fromFront();
    this.draw();
  }

  /** Take away what stands under names that begin so and no longer count. */
  keep(beginning: string, names: ReadonlySet<string>): void {
    for (const name of [...this.actors.keys()]) if (name.startsWith(beginning) && !names.has(name)) this.remove(name);
    this.draw();
  }

  /** Lay what stands under a name at a place. */
  place(name: string, [x, y, z]: Point): void {
    this.actors.get(name)?.setPosition(x, y, z);
    this.window.getRenderer().resetCameraClippingRange();
    this.draw();
  }

  /** What lies under a pixel of the box; surfaces that are nearly clear are looked through. */
  sight(x: number, y: number): Sight {
    const renderer = this.window.getRenderer();
    const view = this.window.getApiSpecificRenderWindow() as vtkOpenGLRenderWindow;
    const ratio = (view.getSize()[0] as number) / this.box.clientWidth;
    const [across, up] = [x * ratio, (this.box.clientHeight - y) * ratio];
    const picker = vtkCellPicker.newInstance({ tolerance: 0 });
    picker.setPickFromList(true);
    picker.setPickList([...this.actors.values()].filter((actor) => actor.getPickable() && actor.getProperty().getOpacity() > CLEAR));
    picker.pick([across, up, 0], renderer);
    const end = (depth: number): Point => view.displayToWorld(across, up, depth, renderer) as Point;
    const found: Sight = { from_mm: end(0), to_mm: end(1), hit_mm: picker.getActors().length ? ([...picker.getPickPosition()] as Point) : null };
    picker.delete();
    return found;
  }

  /** Look from the front of the patient, the head above; the patient's left is to the right. */
  fromFront(): void {
    const camera = this.window.getRenderer().getActiveCamera();
    camera.setViewUp(0, 0, 1);
    camera.setFocalPoint(0, 0, 0);
    camera.setPosition(0, -1, 0);
    this.window.getRenderer().resetCamera();
    camera.zoom(1.3);
    this.window.getRenderer().resetCameraClippingRange();
    this.marker.updateMarkerOrientation();
    this.draw();
  }

  /** From now on the view stays as the user turned it. */
  settle(): void {
    this.framed = true;
  }

  resize(): void {
    if (this.box.clientWidth) this.window.resize();
  }

  delete(): void {
    this.marker.setEnabled(false);
    for (const actor of this.actors.values()) actor.delete();
    this.window.delete();
  }

  private remove(name: string): void {
    const actor = this.actors.get(name);
    if (!actor) return;
    this.window.getRenderer().removeActor(actor);
    actor.delete();
    this.actors.delete(name);
  }

  private draw(): void {
    this.window.getRenderWindow().render();
  }
}

function actorOf(mesh: Mesh, { colour, opacity, mark }: Look): Actor {
  const data = vtkPolyData.newInstance();
  data.getPoints().setData(mesh.vertices, 3);
  const cells = new Uint32Array((mesh.faces.length / 3) * 4);
  for (let face = 0; face * 3 < mesh.faces.length; face++) {
    cells[4 * face] = 3;
    for (let at = 0; at < 3; at++) cells[4 * face + 1 + at] = mesh.faces[3 * face + at] as number;
  }
  data.getPolys().setData(cells);
  const normals = vtkDataArray.newInstance({ numberOfComponents: 3, values: normalsOf(mesh), name: "Normals" });
  data.getPointData().setNormals(normals);
  const mapper = vtkMapper.newInstance({ scalarVisibility: false });
  mapper.setInputData(data);
  const actor = vtkActor.newInstance();
  actor.setMapper(mapper);
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255) as [number, number, number];
  actor.getProperty().setColor(red, green, blue);
  actor.getProperty().setOpacity(opacity);
  actor.getProperty().setSpecular(0.15);
  actor.getProperty().setAmbient(mark ? 1 : 0.15);
  if (mark) {
    actor.setUseBounds(false);
    actor.setPickable(false);
  }
  return actor;
}

/** Letters of the patient's sides, turning with the view. */
function cube(): ReturnType<typeof vtkAnnotatedCubeActor.newInstance> {
  const made = vtkAnnotatedCubeActor.newInstance();
  made.setDefaultStyle({
    fontStyle: "bold",
    fontFamily: "sans-serif",
    fontColor: "#e6edf3",
    faceColor: "#2c3944",
    edgeThickness: 0.08,
    edgeColor: "#9fb0bf",
    resolution: 128,
  });
  made.setXPlusFaceProperty({ text: "L", faceRotation: 90 });
  made.setXMinusFaceProperty({ text: "R", faceRotation: -90 });
  made.setYPlusFaceProperty({ text: "P", faceRotation: 180 });
  made.setYMinusFaceProperty({ text: "A" });
  made.setZPlusFaceProperty({ text: "H", faceRotation: 180 });
  made.setZMinusFaceProperty({ text: "F", faceRotation: 180 });
  return made;
}
