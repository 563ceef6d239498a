package cameras

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSplitKey(t *testing.T) {
	for key, ok := range map[string]bool{
		Key("a-1", "imx708"): true, "agent:a/b-2": true, "agent:a": false, "agent:/b": false, "agent:a/": false,
		"url:a/b": false, "agent:A/b": false, "agent:a/b/c": false, "agent:a/b,c": false, "": false,
	} {
		agent, camera, got := SplitKey(key)
		if got != ok || ok && Key(agent, camera) != key {
			t.Errorf("%q: %v", key, got)
		}
	}
}

func TestIsForeign(t *testing.T) {
	for key, want := range map[string]bool{
		ForeignKey("http://cam:80/"): true, "url:0123456789abcdef": true, "url:0123456789abcde": false, "url:0123456789abcdef0": false,
		"url:0123456789abcdeg": false, "url:0123456789ABCDEF": false, "url:": false, Key("a1", "x"): false, "": false,
	} {
		if got := IsForeign(key); got != want || ValidKey(key) != (want || key == Key("a1", "x")) {
			t.Errorf("%q: foreign %v, valid %v", key, got, ValidKey(key))
		}
	}
	if ForeignKey("http://cam:80/") == ForeignKey("http://cam:81/") {
		t.Error("two cameras have one key")
	}
}
