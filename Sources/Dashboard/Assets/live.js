// The tail of the journal. Rows are made from text, so nothing in an event can become markup.

import { clock, say } from './status.js';

const mostRows = 500;
const mostPerSecond = 20;

/** Follows the stream of the page's table, if there is one. */
export function start() {
    const table = document.querySelector('[data-live]');
    if (table) new Tail(table).connect();
}

class Tail {
    constructor(table) {
        this.body = table.tBodies[0];
        this.address = table.dataset.live;
        this.provider = table.dataset.liveProvider;
        this.status = table.dataset.liveStatus;
        this.counter = document.querySelector('[data-live-skipped]');
        this.button = document.querySelector('[data-live-pause]');
        this.empty = document.querySelector('[data-live-empty]');
        [this.skipped, this.shown, this.waiting] = [0, 0, []];
        this.isPaused = false;
        this.button?.addEventListener('click', () => this.pause(!this.isPaused));
        setInterval(() => this.draw(), 1000 / 4);
        setInterval(() => (this.shown = 0), 1000);
        document.addEventListener('visibilitychange', () => (document.hidden ? this.disconnect() : this.connect()));
    }

    connect() {
        if (this.source || document.hidden) return;
        this.source = new EventSource(this.address);
        this.source.addEventListener('open', () => say(''));
        this.source.addEventListener('accepted', (event) => this.take('accepted', event));
        this.source.addEventListener('settled', (event) => this.take('settled', event));
        this.source.addEventListener('missed', (event) => this.skip(JSON.parse(event.data).settlements));
        this.source.addEventListener('error', () => {
            const isEnd = this.source?.readyState === EventSource.CLOSED;
            if (isEnd) this.disconnect();
            say(isEnd ? 'The live view was closed by the gateway.' : 'The live view is interrupted; it reconnects.',
                isEnd ? { address: location.href, text: 'Open it again' } : undefined);
        });
    }

    disconnect() {
        this.source?.close();
        this.source = undefined;
    }

    pause(isPaused) {
        this.isPaused = isPaused;
        this.button.textContent = isPaused ? 'Continue' : 'Pause';
        this.button.setAttribute('aria-pressed', String(isPaused));
        if (!isPaused) this.skip(0);
    }

    /** Whether a message is for this page: only settlements have a provider and a status. */
    wants(kind, data) {
        if (!this.provider && !this.status) return true;
        if (kind !== 'settled') return false;
        const { delivery } = JSON.parse(data);
        return (!this.provider || delivery.provider === this.provider) && (!this.status || delivery.status === this.status);
    }

    /** Keeps the first rows of each second, and counts the others. */
    take(kind, event) {
        if (!this.wants(kind, event.data)) return;
        if (!this.isPaused && this.shown < mostPerSecond) {
            this.shown += 1;
            this.waiting.push({ kind, data: event.data, time: new Date() });
            return;
        }
        this.skip(1);
    }

    skip(count) {
        this.skipped += count;
        if (!this.counter) return;
        this.counter.textContent = this.skipped ? `+${this.skipped.toLocaleString('en')} more` : '';
    }

    /** Four times a second, so that a busy stream costs one layout, not one per row. */
    draw() {
        if (this.waiting.length === 0 || this.isPaused) return;
        const rows = this.waiting.splice(0).reverse().map((message) => this.row(message));
        if (this.empty) this.empty.hidden = true;
        this.body.prepend(...rows);
        while (this.body.rows.length > mostRows) this.body.lastElementChild.remove();
    }

    row({ kind, data, time }) {
        const event = JSON.parse(data);
        const row = document.createElement('tr');
        row.className = 'live-row is-new';
        row.dataset.row = '';
        const link = document.createElement('a');
        link.href = `/dashboard/events/${encodeURIComponent(event.id)}`;
        link.textContent = event.id;
        const status = document.createElement('span');
        const delivery = event.delivery;
        status.className = `status ${kind === 'accepted' ? 'pending' : delivery.status}`;
        status.textContent = kind === 'accepted' ? 'accepted' : delivery.status;
        const note = delivery?.error?.message ?? (delivery?.latency_ms === undefined ? '' : `${delivery.latency_ms} ms`);
        for (const content of [clock(time), status, delivery?.provider ?? '', event.name ?? '', event.customer_id ?? '', link, note]) {
            row.insertCell().append(content);
        }
        return row;
    }
}
