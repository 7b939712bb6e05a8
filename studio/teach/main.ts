import { mount } from 'svelte';
import '../lib/theme.css';
import App from './App.svelte';

const target = document.getElementById('app');
if (target === null) throw new Error('The page must have an element with the id "app".');
// the heading that is shown until here
target.replaceChildren();
mount(App, { target });
