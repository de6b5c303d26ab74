// postern.js: the Copy buttons, which show only where this runs, and menus that close by themselves; everything else
// works without it.
"use strict";

async function copy(source) {
	const text = source.textContent;
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch (error) { // plain http has no clipboard: select it, and try the old way
		const range = document.createRange();
		range.selectNodeContents(source);
		getSelection().removeAllRanges();
		getSelection().addRange(range);
		return document.execCommand("copy");
	}
}

for (const button of document.querySelectorAll("[data-copy]")) {
	const label = button.textContent;
	button.hidden = false;
	button.addEventListener("click", async () => {
		const done = await copy(document.getElementById(button.dataset.copy));
		button.textContent = done ? "Copied" : "Press Ctrl+C to copy";
		setTimeout(() => { button.textContent = label; }, 3000);
	});
}

for (const menu of document.querySelectorAll("details.menu")) {
	document.addEventListener("click", (event) => {
		if (!menu.contains(event.target)) {
			menu.open = false;
		}
	});
	menu.addEventListener("keydown", (event) => {
		if (event.key === "Escape" && menu.open) {
			menu.open = false;
			menu.querySelector("summary").focus();
		}
	});
}
