/** The OpenGL part of vtk.js alone, which has no types of its own; what is imported from it is nothing but its effect. */
declare module "@kitware/vtk.js/Rendering/OpenGL/Profiles/Geometry";
