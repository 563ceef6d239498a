//go:build !linux

package relay

import "net"

// tune has options of Linux only.
func tune(net.Conn) {}
