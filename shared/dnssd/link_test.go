package dnssd

import (
	"net"
	"net/netip"
	"testing"
)

func link(name string, flags net.Flags, prefixes ...string) Link {
	l := Link{Interface: net.Interface{Index: 2, Name: name, Flags: flags}}
	for _, p := range prefixes {
		l.Prefixes = append(l.Prefixes, netip.MustParsePrefix(p))
	}
	return l
}

const ethernet = net.FlagUp | net.FlagRunning | net.FlagMulticast | net.FlagBroadcast

func TestLinkKinds(t *testing.T) {
	for name, c := range map[string]struct {
		link Link
		want string // m multicast, l loopback, v virtual, 4 IPv4
	}{
		"ethernet":               {link("eth0", ethernet, "192.168.1.20/24", "fe80::1/64"), "m4"},
		"only IPv6":              {link("eth0", ethernet, "fe80::1/64"), "m"},
		"no address yet":         {link("wlan0", ethernet), ""},
		"down":                   {link("eth0", ethernet&^net.FlagUp, "10.0.0.1/24"), "4"},
		"cable pulled":           {link("eth0", ethernet&^net.FlagRunning, "10.0.0.1/24"), "4"},
		"no multicast":           {link("eth0", ethernet&^net.FlagMulticast, "10.0.0.1/24"), "4"},
		"point to point":         {link("tun0", ethernet|net.FlagPointToPoint, "10.8.0.2/32"), "4"},
		"loopback":               {link("lo", net.FlagUp|net.FlagRunning|net.FlagLoopback, "127.0.0.1/8", "::1/128"), "l4"},
		"loopback of macOS":      {link("lo0", net.FlagUp|net.FlagRunning|net.FlagLoopback|net.FlagMulticast, "127.0.0.1/8"), "l4"},
		"loopback down":          {link("lo", net.FlagLoopback, "127.0.0.1/8"), "4"},
		"loopback without IPv4":  {link("lo", net.FlagUp|net.FlagLoopback, "::1/128"), ""},
		"docker":                 {link("docker0", ethernet, "172.17.0.1/16"), "mv4"},
		"bridge of docker":       {link("br-1a2b3c", ethernet, "172.18.0.1/16"), "mv4"},
		"libvirt":                {link("virbr0", ethernet, "192.168.122.1/24"), "mv4"},
		"veth":                   {link("veth12ab", ethernet, "fe80::2/64"), "mv"},
		"a bridge of the owner":  {link("br0", ethernet, "192.168.1.2/24"), "m4"},
		"loopback, no 127.0.0.1": {link("lo", net.FlagUp|net.FlagLoopback, "127.0.0.2/8"), "4"},
	} {
		got := ""
		for _, k := range []struct {
			is   bool
			name string
		}{{c.link.Multicast(), "m"}, {c.link.Loopback(), "l"}, {c.link.Virtual(), "v"}, {c.link.IPv4(), "4"}} {
			if k.is {
				got += k.name
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestLinkString(t *testing.T) {
	for want, l := range map[string]Link{
		"eth0 192.168.1.20/24": link("eth0", ethernet, "fe80::1/64", "192.168.1.20/24", "10.0.0.1/8"),
		"eth0 fe80::1/64":      link("eth0", ethernet, "fe80::1/64"),
		"eth0":                 link("eth0", ethernet),
	} {
		if got := l.String(); got != want {
			t.Errorf("String() = %q, want %q", got, want)
		}
	}
}

func TestLinkEqual(t *testing.T) {
	base := link("eth0", ethernet, "10.0.0.1/24")
	if !base.Equal(link("eth0", ethernet, "10.0.0.1/24")) {
		t.Error("the same link is different")
	}
	again := base
	again.Index = 7 // unplugged and plugged in again
	for name, l := range map[string]Link{
		"index":   again,
		"name":    link("eth1", ethernet, "10.0.0.1/24"),
		"flags":   link("eth0", ethernet&^net.FlagRunning, "10.0.0.1/24"),
		"address": link("eth0", ethernet, "10.0.0.2/24"),
		"prefix":  link("eth0", ethernet, "10.0.0.1/16"),
		"more":    link("eth0", ethernet, "10.0.0.1/24", "fe80::1/64"),
	} {
		if base.Equal(l) {
			t.Errorf("another %s goes unnoticed", name)
		}
	}
}

func TestLinksOfThisMachineAreUp(t *testing.T) {
	links, err := Links()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range links {
		if l.Flags&net.FlagUp == 0 || l.Index == 0 || l.Name == "" {
			t.Errorf("listed %+v", l)
		}
	}
}
