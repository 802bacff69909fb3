// Fetches what has `data-refresh` and swaps it, unless a person would lose something by that.

import { recall, remember } from './storage.js';
import { clock, say } from './status.js';

const longestPause = 60_000;
// The only policy of the page: markup comes from our own origin, over fetch, and from nowhere else.
const policy = window.trustedTypes?.createPolicy('dashboard', { createHTML: (markup) => markup });

let seconds = 5;
let failures = 0;
let timer;
let isFetching = false;
let lastSuccess = new Date();
const listeners = [];

/** Calls back with each element whose content was swapped. */
export function onSwap(listener) {
    listeners.push(listener);
}

/** Starts refreshing, and connects the choice of the interval. */
export function start() {
    const choice = document.querySelector('[data-refresh-rate]');
    const stored = Number.parseInt(recall('refresh') ?? '', 10);
    if ([...(choice?.options ?? [])].some((option) => Number(option.value) === stored)) seconds = stored;
    if (choice) {
        choice.value = String(seconds);
        choice.addEventListener('change', () => {
            seconds = Number(choice.value);
            remember('refresh', String(seconds));
            failures = 0;
            schedule();
        });
    }
    // The back button shows a page as it was left, perhaps by somebody who has signed out since.
    addEventListener('pageshow', (event) => event.persisted && location.reload());
    document.addEventListener('visibilitychange', () => (document.hidden ? clearTimeout(timer) : schedule(0)));
    document.addEventListener('input', (event) => event.target.closest?.('form')?.setAttribute('data-dirty', ''));
    document.addEventListener('reset', (event) => event.target.removeAttribute('data-dirty'));
    schedule();
}

/** Refreshes at once, whatever is selected. */
export function refreshNow() {
    failures = 0;
    return refresh(true);
}

function schedule(pause) {
    clearTimeout(timer);
    if (seconds === 0 || document.hidden || targets().size === 0) return;
    const wait = pause ?? Math.min(seconds * 1000 * 2 ** failures, Math.max(longestPause, seconds * 1000));
    timer = setTimeout(tick, wait);
}

async function tick() {
    if (isBusy()) say('Paused while you select or type.');
    else await refresh(false);
    schedule(isBusy() ? 1000 : undefined);
}

/** Whether somebody selects text, types, or has begun to fill in a form that a refresh would replace. */
function isBusy() {
    const selection = document.getSelection();
    if (selection && !selection.isCollapsed) return true;
    const inside = (element) => element?.closest?.('[data-refresh]');
    if (document.activeElement?.matches('input, textarea, select') && inside(document.activeElement)) return true;
    return document.querySelector('[data-refresh] form[data-dirty]') !== null;
}

/** The elements to swap by the address they come from, all of our origin. */
function targets() {
    const found = new Map();
    for (const element of document.querySelectorAll('[data-refresh][id]')) {
        const address = new URL(element.dataset.refresh || location.href, location.href);
        address.hash = '';
        if (address.origin !== location.origin) continue;
        found.set(address.href, [...(found.get(address.href) ?? []), element]);
    }
    return found;
}

/** @param {boolean} isWanted - whether somebody has asked for it, and expects a new page. */
async function refresh(isWanted) {
    if (isFetching) return;
    isFetching = true;
    try {
        for (const [address, elements] of targets()) await refreshOne(address, elements, isWanted);
        failures = 0;
        lastSuccess = new Date();
        say('');
    } catch (problem) {
        failures = Math.min(failures + 1, 10);
        report(problem);
    } finally {
        isFetching = false;
    }
}

async function refreshOne(address, elements, isWanted) {
    const response = await fetch(address, {
        headers: { 'X-Dashboard-Refresh': '1', Accept: 'text/html' },
        credentials: 'same-origin',
        cache: 'no-store',
        signal: AbortSignal.timeout(20_000),
    });
    const isElsewhere = response.redirected && new URL(response.url).pathname !== new URL(address).pathname;
    if (response.status === 401 || isElsewhere) throw { isSignedOut: true };
    if (!response.ok) throw { status: response.status };
    const markup = await response.text();
    // Somebody may have begun to type or select while the answer was on its way.
    if (!isWanted && isBusy()) return;
    const parsed = new DOMParser().parseFromString(policy ? policy.createHTML(markup) : markup, 'text/html');
    for (const element of elements) {
        const fresh = parsed.getElementById(element.id);
        if (fresh) swap(element, fresh);
    }
    // What stands beside every page comes with any of them.
    for (const element of document.querySelectorAll('[data-refresh-along][id]')) {
        const fresh = parsed.getElementById(element.id);
        if (fresh) swap(element, fresh);
    }
}

/** Replaces the children, and keeps open what was open and focused what had the focus. */
function swap(element, fresh) {
    // What does not change any more is not fetched any more.
    if (!('refresh' in fresh.dataset)) element.removeAttribute('data-refresh');
    if (element.innerHTML === fresh.innerHTML) return;
    const open = new Map([...element.querySelectorAll('details[id]')].map((details) => [details.id, details.open]));
    const focused = element.contains(document.activeElement) ? document.activeElement : null;
    const place = focused && { id: focused.id, href: focused.getAttribute('href') };
    element.replaceChildren(...[...fresh.childNodes].map((node) => document.importNode(node, true)));
    for (const details of element.querySelectorAll('details[id]')) {
        if (open.has(details.id)) details.open = open.get(details.id);
    }
    if (place) {
        const again = place.id
            ? document.getElementById(place.id)
            : [...element.querySelectorAll('a[href]')].find((link) => link.getAttribute('href') === place.href);
        again?.focus({ preventScroll: true });
    }
    for (const listener of listeners) listener(element);
}

function report(problem) {
    const since = `Not updated since ${clock(lastSuccess)}:`;
    if (problem?.isSignedOut) {
        seconds = 0;
        const here = encodeURIComponent(location.pathname + location.search);
        return say('Your session has ended.', { address: `/dashboard/sign-in?to=${here}`, text: 'Sign in' });
    }
    const pause = Math.round(Math.min(seconds * 2 ** failures, 60));
    const next = seconds > 0 ? ` Next try in ${pause} s.` : '';
    if (problem?.status) return say(`${since} the gateway answered ${problem.status}.${next}`);
    say(`${since} the gateway does not answer.${next}`);
}
