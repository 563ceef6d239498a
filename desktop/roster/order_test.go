package roster

import (
	"slices"
	"testing"

	"pigrid/desktop/cameras"
)

func TestNaturalOrder(t *testing.T) {
	want := []string{"", "1", "2", "10", "010x", "Cam", "cam 2", "Cam 10", "Cam 10b", "cam 0011", "garage", "Küche", "Porch", "99999999999999999999999", "100000000000000000000000"}
	want = append(want[:5:5], append([]string{"99999999999999999999999", "100000000000000000000000"}, want[5:13]...)...)
	var list []cameras.Camera
	for _, name := range want {
		list = append(list, cameras.Camera{Name: name, Key: cameras.Key("a", "x")})
	}
	slices.Reverse(list)
	slices.SortFunc(list, byName)
	var got []string
	for _, c := range list {
		got = append(got, c.Name)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestEqualNamesKeepTheOrderOfTheirKeys(t *testing.T) {
	a, b := cameras.Camera{Name: "Pi", Key: "agent:a/x"}, cameras.Camera{Name: "pi", Key: "agent:b/x"}
	if byName(a, b) >= 0 || byName(b, a) <= 0 || byName(a, a) != 0 {
		t.Error("order wavers")
	}
}

func FuzzNaturalIsAnOrder(f *testing.F) {
	f.Add("cam 2", "cam 10", "cam 010")
	f.Add("\xff", "é1", "")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		if natural(a, b) != -natural(b, a) {
			t.Errorf("%q and %q: not antisymmetric", a, b)
		}
		if natural(a, b) <= 0 && natural(b, c) <= 0 && natural(a, c) > 0 {
			t.Errorf("%q %q %q: not transitive", a, b, c)
		}
	})
}
