// What the script adds to pages that work without it.

import * as copy from './copy.js';
import * as files from './files.js';
import * as figures from './figures.js';
import * as keys from './keys.js';
import * as live from './live.js';
import * as refresh from './refresh.js';
import { recall, remember } from './storage.js';
import * as views from './views.js';

function showControls() {
    for (const element of document.querySelectorAll('[data-needs-script]')) element.hidden = false;
}

/** System, light, dark, system … */
function chooseTheme() {
    const button = document.querySelector('[data-theme-toggle]');
    if (!button) return;
    const names = { system: 'Theme: system', light: 'Theme: light', dark: 'Theme: dark' };
    const apply = (theme) => {
        if (theme === 'system') delete document.documentElement.dataset.theme;
        else document.documentElement.dataset.theme = theme;
        button.textContent = names[theme];
    };
    let theme = recall('theme') in names ? recall('theme') : 'system';
    apply(theme);
    button.addEventListener('click', () => {
        theme = { system: 'light', light: 'dark', dark: 'system' }[theme];
        remember('theme', theme === 'system' ? null : theme);
        apply(theme);
    });
}

/** Times are shown in UTC; pointing at one shows it in the browser's zone. */
function addLocalTimes(root) {
    for (const element of root.querySelectorAll('time[datetime]:not([title])')) {
        const time = new Date(element.dateTime);
        if (!Number.isNaN(time.getTime())) element.title = `${time.toLocaleString()} (your time)`;
    }
}

showControls();
chooseTheme();
addLocalTimes(document);
refresh.onSwap((element) => {
    addLocalTimes(element);
    figures.prepare(element);
});
figures.start();
copy.start();
files.start();
keys.start();
views.start();
live.start();
refresh.start();
