// Puts the text of a chosen file into a field, so that a form carries it as if it had been pasted.

/** Listens for all file fields. */
export function start() {
    document.addEventListener('change', async (event) => {
        const field = event.target.closest?.('[data-file-for]');
        const target = field && document.getElementById(field.dataset.fileFor);
        if (!target || !field.files[0]) return;
        target.value = await field.files[0].text();
        target.dispatchEvent(new Event('input', { bubbles: true }));
    });
}
