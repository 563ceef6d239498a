package household

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestTypedKeys(t *testing.T) {
	const want = "01ABC-DEFGH-JKMNP-QRSTV"
	for typed, fits := range map[string]bool{
		want:                            true,
		"01abcdefghjkmnpqrstv":          true,
		" oIABC defgh\tjkmnp-qrstv\r\n": true,
		"OLABC-DEFGH-JKMNP-QRSTV":       true,
		"":                              false,
		"01ABC-DEFGH-JKMNP-QRST":        false,
		"01ABC-DEFGH-JKMNP-QRSTVW":      false,
		"01ABC-DEFGH-JKMNP-QRSTU":       false,
		"01ABC-DEFGH-JKMNP-QRSTé":       false,
		strings.Repeat("0", 1<<20):      false,
	} {
		k, err := ParseKey(typed)
		if fits != (err == nil) || fits && k.Reveal() != want {
			t.Errorf("%.40q: %v", typed, err)
		}
		if err != nil && len(typed) > 3 && strings.Contains(err.Error(), typed[:4]) {
			t.Errorf("the error repeats the key: %v", err)
		}
	}
}

func TestNewKeysCanBeTyped(t *testing.T) {
	seen := map[string]bool{}
	for range 100 {
		k, v := NewKey(), NewViewPassword()
		if again, err := ParseKey(strings.ToLower(k.Reveal())); err != nil || again != k {
			t.Fatal(k.Reveal(), err)
		}
		if again, err := ParseViewPassword(v.Reveal()); err != nil || again != v {
			t.Fatal(v.Reveal(), err)
		}
		if seen[k.Reveal()] || len(k.Reveal()) != 23 || len(v.Reveal()) != 19 {
			t.Fatal(k.Reveal(), v.Reveal())
		}
		seen[k.Reveal()] = true
	}
}

// An agent and an app of other versions must agree for ever: these values must
// not change.
func TestDerivedKeysStay(t *testing.T) {
	h, err := ParseKey("01ABC-DEFGH-JKMNP-QRSTV")
	if err != nil {
		t.Fatal(err)
	}
	v, err := ParseViewPassword("01AB-CDEF-GHJK-MNPQ")
	if err != nil {
		t.Fatal(err)
	}
	k := h.ForAgent("3f2a9c01-77de-4b0f-9d0c-5a1be8c7f203", Hash{1, 2, 3})
	for want, got := range map[string]Hash{
		"8de7ca502102d266d3e030c99c6baa6052e5c49d5bfbee758c8739e5d549ca43": Hash(k),
		"946a8c95579e355d8b344c0cc32b7427e353039033b1cbb8ac82afe3af5804f9": k.Proof(Hash{9}),
		"21dd9e2cb3a947e50723ed9d13db723efd05a78fe72020fb24eaea623a2d86c2": k.Bearer(),
		"48c3b55550825ee321e86eaaaa1584ab22c5218d599243c347d67a10c060d569": v.Hash(),
		"4dcc9c232795e0ea65e8e5e2fce29e5e240a15bdafe113a71723f8ef8400c6aa": k.Cookie(v.Hash()),
	} {
		if got.Hex() != want {
			t.Errorf("got %s, want %s", got.Hex(), want)
		}
	}
}

func TestKeysDiffer(t *testing.T) {
	h, other := NewKey(), NewKey()
	const id = "3f2a9c01-77de-4b0f-9d0c-5a1be8c7f203"
	k := h.ForAgent(id, Hash{1})
	for what, same := range map[string]bool{
		"another household": k == other.ForAgent(id, Hash{1}),
		"another agent":     k == h.ForAgent("4"+id[1:], Hash{1}),
		"another key pair":  k == h.ForAgent(id, Hash{2}),
		"another nonce":     k.Proof(Hash{1}) == k.Proof(Hash{2}),
		"bearer and proof":  k.Bearer() == k.Proof(Hash{}),
		"cookies of two":    k.Cookie(Hash{1}) == k.Cookie(Hash{2}),
	} {
		if same {
			t.Errorf("%s: the same", what)
		}
	}
}

func TestKeysAreNeverShown(t *testing.T) {
	h, v := NewKey(), NewViewPassword()
	k := h.ForAgent("id", Hash{})
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "h", h, "v", v, "k", k, "bearer", k.Bearer())
	shown := log.String() + fmt.Sprint(h, v, k, k.Bearer()) + fmt.Sprintf("%v %+v %#v %s %q", h, v, k, h, v) +
		fmt.Sprintf("%+v %#v", struct {
			H Key
			K AgentKey
		}{h, k}, struct{ V ViewPassword }{v})
	for _, secret := range []string{h.text, h.Reveal(), v.text, v.Reveal(), Hash(k).Hex(), k.Bearer().Hex()} {
		if strings.Contains(shown, secret) {
			t.Errorf("shown: %s", shown)
		}
	}
}

func TestHashesInJSON(t *testing.T) {
	var h Hash
	text, err := json.Marshal(Hash{0xAB})
	if err != nil || json.Unmarshal(text, &h) != nil || h != (Hash{0xAB}) {
		t.Error(string(text), err)
	}
	for _, bad := range []string{`""`, `"ab"`, `"` + strings.Repeat("x", 64) + `"`, `"` + strings.Repeat("a", 65) + `"`, `1`} {
		if json.Unmarshal([]byte(bad), &h) == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}

func FuzzParseKey(f *testing.F) {
	f.Add("01ABC-DEFGH-JKMNP-QRSTV")
	f.Add("o1abc defgh")
	f.Fuzz(func(t *testing.T, typed string) {
		k, err := ParseKey(typed)
		if err != nil {
			return
		}
		if again, err := ParseKey(k.Reveal()); err != nil || again != k {
			t.Errorf("%q: %v", typed, err)
		}
	})
}
