package process

import (
	"strings"
	"testing"
)

func TestRightsHint(t *testing.T) {
	for member, want := range map[bool]string{false: "sudo usermod -aG video,render motion", true: "DevicePolicy"} {
		if got := rightsHintFor("motion", member); !strings.Contains(got, want) || member == strings.Contains(got, "usermod") {
			t.Errorf("member %v: %s", member, got)
		}
	}
	if name, _ := whoIAm(); name == "" {
		t.Error("nobody")
	}
}
