// Saved views: addresses of a screen with its filter and order, by name. This browser keeps them, for each client that signs in.

import { recall, remember } from './storage.js';

const most = 50;
const longestName = 60;

/** Shows the views of this screen, and lets people save and remove them. */
export function start() {
    const section = document.querySelector('[data-views]');
    if (!section) return;
    const form = section.querySelector('form');
    form.addEventListener('submit', (event) => {
        event.preventDefault();
        const name = form.elements.view.value.trim().slice(0, longestName);
        if (name === '') return;
        const others = load().filter((view) => !(view.name === name && isHere(view)));
        if (others.length >= most) {
            say(section, `${most} views are saved, which is the maximum for all screens together. Remove one first.`);
            return;
        }
        const isStored = save([...others, { name, address: here() }]);
        say(section, isStored ? '' : 'This browser cannot store the view: it is lost when you leave this page.');
        form.reset();
        show(section);
    });
    show(section);
}

function say(section, text) {
    section.querySelector('[role="status"]').textContent = text;
}

function show(section) {
    const list = section.querySelector('ul');
    list.replaceChildren(...load().filter(isHere).map((view) => item(view, section)));
    list.hidden = list.childElementCount === 0;
}

function item(view, section) {
    const link = document.createElement('a');
    link.href = view.address;
    link.textContent = view.name;
    if (view.address === here()) link.setAttribute('aria-current', 'true');
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'small';
    button.textContent = '×';
    button.setAttribute('aria-label', `Remove the view ${view.name}`);
    button.addEventListener('click', () => {
        save(load().filter((other) => !(other.name === view.name && other.address === view.address)));
        say(section, '');
        show(section);
        section.querySelector('input').focus();
    });
    const element = document.createElement('li');
    element.append(link, button);
    return element;
}

/** The address of this page, from the beginning of its list. */
function here() {
    const query = new URLSearchParams(location.search);
    for (const name of [...query.keys()]) {
        if (name === 'cursor' || query.get(name) === '') query.delete(name);
    }
    const text = query.toString();
    return location.pathname + (text === '' ? '' : `?${text}`);
}

/** Whether a view is of this screen. Storage may hold anything. */
function isHere(view) {
    return view.address === location.pathname || view.address.startsWith(`${location.pathname}?`);
}

function load() {
    try {
        const views = JSON.parse(recall(place()) ?? '[]');
        return views.filter((view) => typeof view.name === 'string' && typeof view.address === 'string');
    } catch {
        return [];
    }
}

/** Whether they are stored, and not only in memory. */
function save(views) {
    return remember(place(), views.length === 0 ? null : JSON.stringify(views));
}

const place = () => `views.${document.querySelector('.who')?.textContent ?? ''}`;
