// What the theme adds to a page while it runs, mended for keyboards and screen readers.
const mend = () => {
  // Code and tables that are wider than the page are scrolled by keys only where they can have the focus.
  document
    .querySelectorAll("pre > code:not([tabindex]), .md-typeset__scrollwrap:not([tabindex])")
    .forEach((wide) => wide.setAttribute("tabindex", "0"));
  // The button to copy a block is no landmark; many of one name could not be told apart.
  document.querySelectorAll("nav.md-code__nav:not([role])").forEach((nav) => nav.setAttribute("role", "presentation"));
};
mend();
new MutationObserver(mend).observe(document.body, { childList: true, subtree: true });
