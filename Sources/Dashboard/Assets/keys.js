// Keys: `/` search, `j` and `k` next and previous row, `o` open it, `r` refresh.

import { refreshNow } from './refresh.js';

const isTyping = (element) => element?.matches?.('input, textarea, select, [contenteditable]') ?? false;

const rows = () => [...document.querySelectorAll('[data-row]')].filter((row) => row.checkVisibility());

function move(step) {
    const all = rows();
    if (all.length === 0) return;
    const current = all.findIndex((row) => row.classList.contains('is-current'));
    const next = Math.min(Math.max(current + step, 0), all.length - 1);
    for (const row of all) row.classList.toggle('is-current', row === all[next]);
    const link = all[next].querySelector('a[href], summary, button');
    link?.focus({ preventScroll: true });
    all[next].scrollIntoView({ block: 'nearest' });
}

function open() {
    document.querySelector('[data-row].is-current')?.querySelector('a[href], summary')?.click();
}

const actions = {
    '/': () => document.querySelector('.search input')?.focus(),
    j: () => move(1),
    k: () => move(-1),
    o: open,
    r: () => void refreshNow(),
};

/** Listens on the whole page. */
export function start() {
    document.addEventListener('keydown', (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
        if (event.key === 'Escape' && isTyping(document.activeElement)) return document.activeElement.blur();
        const action = actions[event.key];
        if (!action || isTyping(document.activeElement)) return;
        event.preventDefault();
        action();
    });
}
