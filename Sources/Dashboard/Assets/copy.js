// Buttons that copy a text. The clipboard's API needs HTTPS or a loopback address; elsewhere a selection is copied.

async function copy(text) {
    try {
        await navigator.clipboard.writeText(text);
        return true;
    } catch {
        const area = document.createElement('textarea');
        area.value = text;
        area.className = 'visually-hidden';
        document.body.append(area);
        area.select();
        const isDone = document.execCommand('copy');
        area.remove();
        return isDone;
    }
}

/** Listens for all buttons, also those that a refresh brings. */
export function start() {
    document.addEventListener('click', async (event) => {
        const button = event.target.closest?.('[data-copy], [data-copy-from]');
        if (!button) return;
        const source = button.dataset.copyFrom && document.querySelector(button.dataset.copyFrom);
        const text = source ? source.textContent : (button.dataset.copy ?? '');
        const label = (button.dataset.label ??= button.textContent);
        button.textContent = (await copy(text)) ? 'Copied' : 'Select the text to copy it';
        setTimeout(() => (button.textContent = label), 2000);
    });
}
