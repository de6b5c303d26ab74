// postern.js: the Copy buttons; everything else works without it. They show only where this runs.
"use strict";

async function copy(source) {
	const text = "value" in source ? source.value : source.textContent;
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch (error) { // plain http has no clipboard: select it, and try the old way
		const range = document.createRange();
		if ("select" in source) {
			source.select();
		} else {
			range.selectNodeContents(source);
			getSelection().removeAllRanges();
			getSelection().addRange(range);
		}
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
