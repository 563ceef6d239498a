package bench

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

const (
	page        = "../../docs/PERFORMANCE.md"
	tablesBegin = "<!-- make bench writes from here -->\n"
	tablesEnd   = "<!-- to here -->\n"
)

// report puts medians over the rounds into Markdown.
func report(samples []map[string][]sample) string {
	var b strings.Builder
	b.WriteString("\n| CPU seconds per delivered GB | floor | agent | naive | naive / floor | agent / floor | target |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	perGB := func(s sample) float64 { return s.perGB }
	for i, w := range works {
		row := samples[i]
		fmt.Fprintf(&b, "| %s | %.3f | %.3f | %.3f | %.2f | **%.2f** | %s |\n", w.name,
			over(row["floor"], perGB), over(row["agent"], perGB), over(row["naive"], perGB),
			ratio(row["naive"], row["floor"]), ratio(row["agent"], row["floor"]), bound(w.target, "≤ %.2f"))
	}
	b.WriteString("\n| | CPU µs per viewer and frame: floor | agent | naive | latency p50, ms: floor | agent | naive | target |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for i, w := range works {
		fmt.Fprintf(&b, "| %s |", w.name)
		for _, name := range servers {
			fmt.Fprintf(&b, " %.1f |", over(samples[i][name], func(s sample) float64 { return s.perFrame }))
		}
		for _, name := range servers {
			fmt.Fprintf(&b, " %.2f |", over(samples[i][name], func(s sample) float64 { return s.latency }))
		}
		fmt.Fprintf(&b, " %s |\n", bound(w.added, "floor + %.1f"))
	}
	return b.String()
}

func bound(v float64, format string) string {
	if v == 0 {
		return "–"
	}
	return fmt.Sprintf(format, v)
}

func over(all []sample, what func(sample) float64) float64 {
	values := make([]float64, len(all))
	for i, s := range all {
		values[i] = what(s)
	}
	return median(values)
}

func ratio(all, floor []sample) float64 {
	values := make([]float64, len(all))
	for i := range all {
		values[i] = all[i].perGB / floor[i].perGB
	}
	return median(values)
}

// machine says what ran.
func machine() string {
	var u unix.Utsname
	_ = unix.Uname(&u)
	return fmt.Sprintf("Linux %s, %s, %d CPUs, %s", unix.ByteSliceToString(u.Release[:]), runtime.GOARCH, runtime.NumCPU(), runtime.Version())
}

// load returns the load averages of the last 1 and 5 minutes.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown unknown"
	}
	return strings.Join(strings.Fields(string(text))[:2], " ")
}

// publish prints the tables and puts them into the page.
func publish(t *testing.T, loadBefore, tables string) {
	t.Helper()
	tables = fmt.Sprintf("\nTaken on %s: %s, load average %s before, %s after. Medians of %d interleaved rounds of %v; ratios are medians of each round's ratio.\n",
		time.Now().Format(time.DateOnly), machine(), loadBefore, load(), rounds, duration) + tables
	fmt.Print(tables)
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := bytes.Cut(text, []byte(tablesBegin))
	_, after, ok2 := bytes.Cut(rest, []byte(tablesEnd))
	if !ok || !ok2 {
		t.Fatalf("%s has lost the lines %q and %q", page, tablesBegin, tablesEnd)
	}
	if err := os.WriteFile(page, bytes.Join([][]byte{before, []byte(tablesBegin + tables + tablesEnd), after}, nil), 0o600); err != nil {
		t.Fatal(err)
	}
}
