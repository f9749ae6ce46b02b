/// <reference types="vite/client" />

/** The version of the window, from package.json. */
declare const __VERSION__: string;
