import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The bundle is part of the Python package, and is the same to the byte wherever it is built. */
export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "../src/seedbed/web/bundle",
    emptyOutDir: true,
    assetsInlineLimit: 0, // the Content-Security-Policy allows no data: scripts or fonts
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
  },
  server: { proxy: { "/api": "http://127.0.0.1:8643" } },
});
