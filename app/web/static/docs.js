// docs.js: starts the viewer of the API's document. Requests tried out there go to this site only; a browser that is signed in
// sends its CSRF token along.
"use strict";

const dark = matchMedia("(prefers-color-scheme: dark)");

function followScheme() {
	document.documentElement.classList.toggle("dark-mode", dark.matches);
}

followScheme();
dark.addEventListener("change", followScheme);

const place = document.getElementById("docs");

SwaggerUIBundle({
	url: place.dataset.url,
	domNode: place,
	deepLinking: true,
	validatorUrl: null,
	docExpansion: "list",
	defaultModelsExpandDepth: 0,
	onComplete() {
		document.getElementById("servers").setAttribute("aria-label", "Server");
	},
	requestInterceptor(request) {
		if (place.dataset.csrf && !["GET", "HEAD", "OPTIONS"].includes(request.method)) {
			request.headers["X-CSRFToken"] = place.dataset.csrf;
		}
		return request;
	},
});
