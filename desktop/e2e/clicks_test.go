//go:build linux

package e2e

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// clickTimes returns a sentence about how soon the page shows what a click did in the
// app: 20 of 36 cameras are forgotten one after the other, the real page with the real
// Go side in Chromium. A click on Forget in the dialog that the tile's menu opens goes
// to Go, and the tile leaves with its answer; the time ends when the tile is gone.
func clickTimes(t *testing.T) string {
	const n, clicks = 36, 20
	f := startFleet(t, n, 10)
	url := servePage(t, f)
	b := engines(t)[1].open(t, url)
	b.untilWall(t, n)
	var took []float64
	for i := range clicks {
		b.run(t, `const tiles = () => document.querySelectorAll("li.tile").length;
			const labelled = (at, text) => [...document.querySelectorAll(at)].find((e) => e.innerText.startsWith(text));
			document.querySelector("li.tile [data-tile]").dispatchEvent(
				new MouseEvent("contextmenu", { bubbles: true, cancelable: true, clientX: 100, clientY: 100 }));
			window.clicked = undefined;
			const wait = setInterval(() => {
				const forget = labelled("[role=dialog] button", "Forget this camera");
				if (!forget) {
					labelled("[role=menuitem]", "Forget")?.click();
					return;
				}
				clearInterval(wait);
				const before = tiles();
				const begin = performance.now();
				new MutationObserver((_, observer) => {
					if (tiles() === before) return;
					observer.disconnect();
					window.clicked = performance.now() - begin;
				}).observe(document.body, { childList: true, subtree: true });
				forget.click();
			}, 20);`, nil)
		var ms *float64
		until(t, 10*time.Second, fmt.Sprintf("tile %d leaves", i+1), func() bool {
			b.run(t, `return window.clicked ?? null`, &ms)
			return ms != nil
		})
		took = append(took, *ms)
	}
	slices.Sort(took)
	said := fmt.Sprintf("With %d to %d live cameras the page showed what a click did after %.0f ms (median of %d clicks), %.0f ms (p95) and %.0f ms at most",
		n, n-clicks, took[clicks/2], clicks, took[clicks*95/100-1], took[clicks-1])
	t.Log(said)
	return said + ".\n"
}
