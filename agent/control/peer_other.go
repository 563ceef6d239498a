//go:build !linux

package control

import (
	"net"
	"os"
)

// peer trusts the rights of the socket where the system does not tell.
func peer(*net.UnixConn) (uid int, err error) { return os.Getuid(), nil }
