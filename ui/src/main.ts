import { mount } from 'svelte';
import App from './App.svelte';
import type { Backend } from './lib/backend/backend';
import { tauri } from './lib/backend/tauri';
import './theme/base.css';

/** The engine; in a plain browser, where there is none, a small organisation in memory. Not in what ships. */
async function backend(): Promise<Backend> {
  if (import.meta.env.MODE === 'production' || '__TAURI_INTERNALS__' in window) return tauri();
  const { doubleFromAddress } = await import('./lib/backend/double/address');
  return doubleFromAddress(location.search);
}

const target = document.getElementById('app');
if (target) mount(App, { target, props: { backend: await backend() } });
