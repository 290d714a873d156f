// What needs no server: the address of a view and its history, a setting that is pinned, and files of the picture.
(() => {
  let moved = 0;
  const asked = () => dash_clientside.set_props("asked", { data: `${location.search || "?"}#${Date.now()}` });
  addEventListener("popstate", asked);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.setting");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    history.pushState({}, "", link.href);
    asked();
  });
  const lines = (graph) => graph.data.filter((one) => one.hoverinfo !== "skip").flatMap((one) =>
    Array.from(one.x, (x, i) => [one.xaxis.slice(1) || 1, `"${one.name}"`, one.base ? one.base[i] + x : x, one.y[i],
      ...(one.customdata ? one.customdata[i] : ["", ""])].map((cell) => cell ?? "").join(",")));
  const csv = (graph) => ["panel,curve,x,y,low,high", ...lines(graph)].join("\n") + "\n";
  window.dash_clientside = Object.assign({}, window.dash_clientside, { explore: {
    begin: () => [crypto.randomUUID(), location.search || "?"],
    address: (href) => {
      document.body.dataset.view = new URLSearchParams(href).get("view") ?? "tail";
      if (href === "?" || href === location.search) return "";
      // A move that goes on is one step back.
      const step = history.state?.shown && Date.now() - moved > 1000 ? "pushState" : "replaceState";
      history[step]({ shown: true }, "", href);
      moved = Date.now();
      return "";
    },
    pin: (clicks, href, pin) => clicks ? (pin ? "" : href.slice(1)) : dash_clientside.no_update,
    pinned: (pin) => pin ? "Unpin" : "Pin to compare",
    file: () => {
      const form = dash_clientside.callback_context.triggered_id?.slice(4), graph = document.querySelector(".js-plotly-plot");
      if (!form) return "";
      const filename = `explore_${new URLSearchParams(location.search).get("view")}`;
      const title = { text: document.getElementById("title").textContent, font: { size: 13 } };
      const layout = { ...graph.layout, title, paper_bgcolor: "white", margin: { ...graph.layout.margin, t: 40 } };
      if (form !== "csv") Plotly.downloadImage({ data: graph.data, layout }, { format: form, filename, width: 900, height: 600, scale: 2 });
      else Object.assign(document.createElement("a"), {
        download: `${filename}.csv`, href: URL.createObjectURL(new Blob([csv(graph)], { type: "text/csv" })) }).click();
      return "";
    },
  } });
})();
