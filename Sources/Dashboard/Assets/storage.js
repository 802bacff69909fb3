// What the browser remembers for this dashboard. Storage may be disabled or full; then a choice lasts as long as the page.

const memory = new Map();

/** The stored text, or null. */
export function recall(name) {
    try {
        return localStorage.getItem(`tollgate.${name}`) ?? memory.get(name) ?? null;
    } catch {
        return memory.get(name) ?? null;
    }
}

/** Stores a text; null removes it. Returns whether it lasts longer than the page. */
export function remember(name, value) {
    memory.set(name, value);
    try {
        if (value === null) localStorage.removeItem(`tollgate.${name}`);
        else localStorage.setItem(`tollgate.${name}`, value);
        return true;
    } catch {
        // The choice is in memory.
        return false;
    }
}
