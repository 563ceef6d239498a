package engine

import (
	"fmt"
	"net/url"
	"runtime"
	"strings"
	"time"

	"pigrid/desktop/cameras"
)

// Diagnostics is what helps another person to see why something does not work, a line
// for each fact. It has no keys, no passwords, and of URLs no query.
func (e *Engine) Diagnostics(version string) string {
	s := e.Snapshot()
	var b strings.Builder
	line := func(name, format string, values ...any) {
		fmt.Fprintf(&b, "%s: %s\n", name, fmt.Sprintf(format, values...))
	}
	line("PiGrid", "%s, %s %s, %s", version, runtime.GOOS, runtime.GOARCH, runtime.Version())
	line("Time", "%s", time.Now().Format(time.RFC3339))
	if d := s.Discovery; d.Running {
		line("Search", "on %s", listed(d.Interfaces))
	} else {
		line("Search", "off %s", d.Problem)
	}
	if s.Notice != "" {
		line("Notice", "%s", s.Notice)
	}
	line("Households", "%d, open agents %d, new agents %d, agents that need a key %d",
		len(s.Access.Households), len(s.Access.Open), len(s.Access.New), s.Access.Strange)
	line("Cameras", "%d", len(s.Tiles))
	for _, t := range s.Tiles {
		b.WriteString("\n")
		describe(t, line)
	}
	return b.String()
}

func describe(t Tile, line func(name, format string, values ...any)) {
	v, f := t.Verdict, t.Facts
	line(t.Name, "%s since %s", v.State, v.Since.Format(time.TimeOnly))
	line("  key", "%s", t.Key)
	if t.URL != "" {
		line("  address", "%s", withoutQuery(t.URL))
	} else {
		line("  addresses", "%s, host %s, agent %s", listed(t.Addresses), t.Host, t.Version)
	}
	if t.Access != cameras.NoAccess {
		line("  access", "%s", t.Access)
	}
	if v.Reason != "" {
		line("  reason", "%s", v.Reason)
	}
	if v.Status != 0 {
		line("  HTTP status", "%d", v.Status)
	}
	for _, said := range []string{v.Message, v.Hint, v.Detail} {
		if said != "" {
			line("  said", "%s", said)
		}
	}
	line("  pictures", "%.1f/s, %.0f bytes/s, %d×%d, newest %s", f.FPS, f.BytesPerSecond, f.Width, f.Height, ago(f.LastFrame))
}

func listed(all []string) string {
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, ", ")
}

func ago(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return time.Since(t).Round(10*time.Millisecond).String() + " ago"
}

// withoutQuery is a URL without what may be a secret in it.
func withoutQuery(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return "a URL that cannot be read"
	}
	u.User, u.Fragment = nil, ""
	if u.RawQuery != "" {
		u.RawQuery = "…"
	}
	return u.String()
}
