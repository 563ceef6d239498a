package packaging

import (
	"os/exec"
	"strings"
	"testing"
)

// TestKioskPage: what a kiosk shows is an address and nothing else, whatever was typed.
func TestKioskPage(t *testing.T) {
	for _, tt := range []struct{ view, address, want string }{
		{"", "http://127.0.0.1:8088", "http://127.0.0.1:8088/?kiosk"},
		{"", "http://127.0.0.1:8088/", "http://127.0.0.1:8088/?kiosk"},
		{"", "https://cameras.example.org", "https://cameras.example.org/?kiosk"},
		{"", "http://[fd00::1]:8088", "http://[fd00::1]:8088/?kiosk"},
		{"TV \"ü", "http://pi.local:8088", "http://pi.local:8088/?kiosk&view=%54%56%20%22%c3%bc"},
		{"", "pi.local:8088", ""},
		{"", "ftp://pi.local", ""},
		{"", "http://", ""},
		{"", "http://a/path", ""},
		{"", "http://a b", ""},
		{"", "http://$(id)", ""},
		{"", "http://a\"b", ""},
		{"", "http://a%b", ""},
		{"", "http://a\nb", ""},
	} {
		out, err := exec.Command("kiosk/kiosk", "page", tt.view, tt.address).CombinedOutput()
		if tt.want == "" && (err == nil || !strings.Contains(string(out), "is no address")) || tt.want != "" && string(out) != tt.want {
			t.Errorf("%q %q: %v: %s", tt.view, tt.address, err, out)
		}
	}
	for _, args := range []string{"", "instal", "install --view", "install http://a http://b"} {
		out, err := exec.Command("kiosk/kiosk", strings.Fields(args)...).CombinedOutput()
		if err == nil || strings.Count(string(out), "\n") != 1 {
			t.Errorf("%s: %v: %s", args, err, out)
		}
	}
}
