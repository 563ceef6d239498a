package tries

import (
	"net/netip"
	"testing"
	"time"
)

func TestWrongTries(t *testing.T) {
	now := time.Now()
	var x Tries
	a, b := netip.MustParseAddr("192.168.1.2"), netip.MustParseAddr("192.168.1.3")
	for i := range 100 {
		if wait := x.Wrong(a, now); (wait > 0) != (i >= freeTries) || wait > tryEvery {
			t.Fatalf("try %d: %v", i, wait)
		}
	}
	if x.Wrong(b, now) > 0 {
		t.Error("another address waits")
	}
	if x.Wrong(a, now.Add(tryEvery-1)) == 0 || x.Wrong(a, now.Add(tryEvery)) > 0 || x.Wrong(a, now.Add(tryEvery)) == 0 {
		t.Error("not one each two seconds")
	}
	for i := range 5000 {
		x.Wrong(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), now)
	}
	if len(x.next) > maxTried {
		t.Errorf("%d addresses are remembered", len(x.next))
	}
	if x.Wrong(a, now.Add(tryEvery)) == 0 {
		t.Error("many addresses make it forget who tried most")
	}
}
