//go:build !linux

package web

import "net"

// tune does nothing here: the options that help are Linux's.
func tune(net.Conn) {}
