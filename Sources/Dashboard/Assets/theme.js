// Before the first paint, so that a page in the chosen theme does not flash in the other.
(() => {
    try {
        const theme = localStorage.getItem('tollgate.theme');
        if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
    } catch {
        // Storage is disabled: the system's theme is shown.
    }
})();
