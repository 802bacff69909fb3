// A crosshair and the values below the pointer, or below the arrow keys, on charts over time.

const svg = (name) => document.createElementNS('http://www.w3.org/2000/svg', name);

function short(value) {
    const suffixes = ['', 'k', 'M', 'G', 'T'];
    let index = 0;
    while (Math.abs(value) >= 999.5 && index < suffixes.length - 1) [value, index] = [value / 1000, index + 1];
    const digits = Math.abs(value) >= 9.95 ? 0 : Math.abs(value) < 0.995 && index === 0 ? 2 : 1;
    return `${Number(value.toFixed(digits))}${suffixes[index]}`;
}

function duration(seconds) {
    if (seconds < 59.5) return `${short(seconds)} s`;
    if (seconds < 3570) return `${short(seconds / 60)} min`;
    return seconds < 172_800 ? `${short(seconds / 3600)} h` : `${short(seconds / 86_400)} d`;
}

/** A value as the server writes it on the scale. */
export function text(value, unit) {
    if (unit === 'ms') return value < 1000 ? `${short(value)} ms` : duration(value / 1000);
    if (unit === 's') return duration(value);
    return short(value) + unit;
}

function tip(chart) {
    let box = chart.querySelector('.tip');
    if (box) return box;
    box = document.createElement('div');
    box.className = 'tip';
    box.setAttribute('role', 'status');
    chart.append(box);
    return box;
}

/** Shows the values at a share of the width, 0 to 1. */
function show(chart, share) {
    const paths = [...chart.querySelectorAll('[data-values]')];
    const plot = chart.querySelector('.plot');
    if (paths.length === 0 || !plot) return;
    const { start, step, count, unit } = chart.dataset;
    const columns = paths[0].dataset.values.split(',').length;
    const column = Math.min(Math.floor(share * columns), columns - 1);
    // Thinned values stand for the middle of their piece.
    const index = columns === Number(count) ? column : ((column + 0.5) * count) / columns;
    const time = new Date(Number(start) + Math.round(index) * Number(step));
    chart.dataset.share = share;

    let line = plot.querySelector('.crosshair');
    if (!line) plot.append((line = svg('line')));
    line.setAttribute('class', 'crosshair');
    const x = `${(100 * Math.min(index / Math.max(count - 1, 1), 1)).toFixed(2)}%`;
    for (const [name, value] of Object.entries({ x1: x, x2: x, y1: 16, y2: 136 })) line.setAttribute(name, value);

    const box = tip(chart);
    const list = document.createElement('ul');
    for (const path of paths) {
        const value = path.dataset.values.split(',')[column];
        const item = document.createElement('li');
        const name = document.createElement('span');
        name.textContent = path.dataset.name;
        const number = document.createElement('b');
        number.textContent = value ? value.split('~').map((part) => text(Number(part), unit)).join(' to ') : 'no data';
        item.append(name, number);
        list.append(item);
    }
    const head = document.createElement('div');
    head.textContent = `${time.toISOString().slice(11, 19)} UTC`;
    box.replaceChildren(head, list);
    place(box, chart, plot, share);
}

/** Beside the crosshair, on the side with more room. Set over the object model, which the policy for styles allows. */
function place(box, chart, plot, share) {
    const [outer, inner] = [chart.getBoundingClientRect(), plot.getBoundingClientRect()];
    const x = inner.left - outer.left + share * inner.width;
    const left = share < 0.5 ? x + 12 : x - 12 - box.offsetWidth;
    box.style.left = `${Math.max(0, Math.min(left, outer.width - box.offsetWidth))}px`;
    box.style.top = `${inner.top - outer.top + 16}px`;
}

function hide(chart) {
    chart?.querySelector('.tip')?.remove();
    chart?.querySelector('.crosshair')?.remove();
    if (chart) delete chart.dataset.share;
}

/** Makes charts reachable by the keyboard; also those that a refresh brought. */
export function prepare(root = document) {
    for (const plot of root.querySelectorAll('.chart .plot')) plot.setAttribute('tabindex', '0');
}

/** Listens on the whole page. */
export function start() {
    prepare();
    const share = (plot, event) => {
        const box = plot.getBoundingClientRect();
        return box.width > 0 ? Math.min(Math.max((event.clientX - box.left) / box.width, 0), 0.9999) : 0;
    };
    document.addEventListener('pointermove', (event) => {
        const plot = event.target.closest?.('.plot');
        for (const other of document.querySelectorAll('.chart[data-share]')) {
            if (!plot || !other.contains(plot)) hide(other);
        }
        if (plot) show(plot.closest('.chart'), share(plot, event));
    });
    document.addEventListener('keydown', (event) => {
        const plot = event.target.closest?.('.plot');
        if (!plot) return;
        const chart = plot.closest('.chart');
        if (event.key === 'Escape') return hide(chart);
        if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
        event.preventDefault();
        const columns = chart.querySelector('[data-values]')?.dataset.values.split(',').length ?? 1;
        const now = Number(chart.dataset.share ?? 0.9999) + (event.key === 'ArrowLeft' ? -1 : 1) / columns;
        show(chart, Math.min(Math.max(now, 0), 0.9999));
    });
    document.addEventListener('focusout', (event) => hide(event.target.closest?.('.chart')));
}
