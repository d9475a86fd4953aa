/** The prescription in a histogram: a dashed line across it. */

import type uPlot from "uplot";

export function markDose(plot: uPlot, prescription_gy: number): void {
  const x = plot.valToPos(prescription_gy, "x", true);
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = "#ffd23f";
  ctx.setLineDash([4, 4]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}
