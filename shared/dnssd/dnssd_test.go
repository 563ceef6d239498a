package dnssd

import (
	"regexp"
	"strings"
	"testing"
)

const testID = "3f2a9c01-77de-4b0f-9d0c-5a1be8c7f203"

func TestInstanceName(t *testing.T) {
	for _, c := range []struct{ hostname, id, want string }{
		{"raspberrypi", testID, "raspberrypi-3f2a9c01"},
		{"pi.example.org", testID, "pi-3f2a9c01"},
		{"küche_2", testID, "k-che-2-3f2a9c01"},
		{"--", testID, "pigrid-3f2a9c01"},
		{"", testID, "pigrid-3f2a9c01"},
		{"Pi", "3F2A9C01-77DE-4B0F-9D0C-5A1BE8C7F203", "Pi-3f2a9c01"},
		{"pi", "", "pi-00000000"},
		{"pi", "xyz-a1", "pi-a1000000"},
		{strings.Repeat("a", 80), testID, strings.Repeat("a", 54) + "-3f2a9c01"},
		{strings.Repeat("a", 53) + "-bcd", testID, strings.Repeat("a", 53) + "-3f2a9c01"},
	} {
		got := InstanceName(c.hostname, c.id)
		if got != c.want {
			t.Errorf("InstanceName(%q, %q) = %q, want %q", c.hostname, c.id, got, c.want)
		}
		if len(got) > 63 || !regexp.MustCompile(`^[A-Za-z0-9-]+$`).MatchString(got) {
			t.Errorf("InstanceName(%q, %q) = %q is no safe label", c.hostname, c.id, got)
		}
	}
}

func TestTargetHostIsNeverTheMachinesOwnName(t *testing.T) {
	if got, want := TargetHost(testID), "pigrid-3f2a9c01"; got != want {
		t.Errorf("TargetHost = %q, want %q", got, want)
	}
}

func TestUnescape(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"plain", "plain"},
		{`K\195\188che`, "Küche"},
		{`a\\b`, `a\b`},
		{`say \"hi\"`, `say "hi"`},
		{`\065\066`, "AB"},
		{`\000`, "\x00"},
		{`\255`, "\xff"},
		{`\256`, "256"}, // no byte: the backslash protects one character
		{`\12`, "12"},
		{`\1`, "1"},
		{`end\`, "end"},
		{`\\065`, `\065`},
		{`\\\065`, `\A`},
	} {
		if got := unescape(c.in); got != c.want {
			t.Errorf("unescape(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

// wire does to a string what zeroconf's DNS library does on both sides: it
// reads escapes, puts at most 255 bytes on the wire and escapes again.
func wire(t testing.TB, s string) string {
	t.Helper()
	bytes := unescape(s)
	if len(bytes) > 255 {
		t.Fatalf("%d bytes on the wire: %q", len(bytes), s)
	}
	return wireForm(bytes)
}

func wireForm(bytes string) string {
	var out strings.Builder
	for i := range len(bytes) {
		switch b := bytes[i]; {
		case b == '"' || b == '\\':
			out.Write([]byte{'\\', b})
		case b < ' ' || b > '~':
			out.Write([]byte{'\\', '0' + b/100, '0' + b/10%10, '0' + b%10})
		default:
			out.WriteByte(b)
		}
	}
	return out.String()
}

func wireAll(t testing.TB, txt []string) []string {
	out := make([]string, len(txt))
	for i, s := range txt {
		out[i] = wire(t, s)
	}
	return out
}
