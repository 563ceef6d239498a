package settings

import (
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"testing"
	"time"

	"pigrid/shared/household"
)

// TestEarlierFiles reads what earlier programs wrote. The files are theirs: never change
// them, add others.
func TestEarlierFiles(t *testing.T) {
	kitchen := Camera{
		Key: "agent:3f2a9c01-77de-4b0f-9d0c-5a1be8c7f203/imx708", Name: "Küche", Host: "kitchen",
		Addresses: []string{"192.168.1.42:8080", "[fe80::1%eth0]:8080"}, Width: 640, Height: 360,
		Added: time.Date(2025, 11, 22, 14, 2, 0, 0, time.UTC),
	}
	shed := Camera{
		Key: "url:0123456789abcdef", Name: "Shed", Addresses: []string{}, Width: 1280, Height: 720, URL: "http://192.168.1.60:80/video.mjpg",
		Login: true, Asks: &Asks{Scheme: "digest", Realm: "AXIS"}, Network: "192.168.1.0/24",
	}
	bench := Camera{
		Key: "agent:b/x", Name: "x", Host: "bench", Addresses: []string{"192.168.1.43:8080"}, AgentName: "Bench",
		Own: &Own{Mounted: true, Name: "Desk", Rotation: 270, Mirror: true},
	}
	window := Window{Width: 1280, Height: 800}
	for name, want := range map[string]Settings{
		"2025-11-22": {Window: window, Cameras: []Camera{kitchen}},
		"2026-11-29": {Window: window, Cameras: []Camera{kitchen, shed}},
		"2026-11-30-households": {
			Window: window, Cameras: []Camera{kitchen, shed, bench}, Households: []Household{{ID: "h1", Name: "Home"}}, Declined: []string{"c"},
			Agents: []Agent{{ID: "3f2a9c01-77de-4b0f-9d0c-5a1be8c7f203", SPKI: household.Hash{1, 2}, Household: "h1", Key: 2, Passwords: 3}},
		},
		"2026-11-30-views": {
			Window:  Window{Width: 1280, Height: 800, Maximised: true, X: 40, Y: 30, Screen: "1920x1080"},
			Cameras: []Camera{kitchen, shed, bench}, Appearance: Appearance{Scheme: "dark", Labels: "hover"},
			Pictures: Pictures{Folder: "/home/ada/Pictures", Name: "{time}"},
			Arrangement: Arrangement{
				Hidden: []string{"agent:b/x"}, Fill: []string{"url:0123456789abcdef"}, Order: []string{"url:0123456789abcdef"}, Layout: Focus,
				Views: []View{{Name: "Front", Cameras: []string{"agent:b/x"}, Layout: Focus}}, Showing: "Front",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", "earlier", name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "settings.json")
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			store, err := Open(path)
			if err != nil {
				t.Fatal(err)
			}
			if runtime.GOOS == "windows" {
				want.Pictures.Folder = "" // it is none there
			}
			read := func() Settings {
				s := store.Get()
				s.Version = 0 // that of the file it would be written as
				return s
			}
			if got := read(); !reflect.DeepEqual(got, want) {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
			// What it writes itself is the same.
			if err := store.Save(func(s Settings) Settings { return s }); err != nil {
				t.Fatal(err)
			}
			if store, err = Open(path); err != nil || !reflect.DeepEqual(read(), want) {
				t.Errorf("written and read: %+v, %v", read(), err)
			}
		})
	}
}
