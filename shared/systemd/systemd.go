// Package systemd tells the service manager how this program is, by the protocol of
// sd_notify(3): when it is ready, that it is still alive, and that it stops.
package systemd

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strconv"
	"time"
)

// The variables of sd_notify(3) and sd_watchdog_enabled(3).
const (
	socketVariable   = "NOTIFY_SOCKET"
	intervalVariable = "WATCHDOG_USEC"
	pidVariable      = "WATCHDOG_PID"
)

// Service is the connection to the service manager. The zero value is that of a
// program started by hand, which tells nobody.
type Service struct {
	socket   string        // path, or @ and a name of the abstract namespace
	watchdog time.Duration // how often to report at least that it is alive; 0: never
}

// Take reads from the environment which manager started this program, and takes
// it out of there: a capture program must not speak for the agent.
func Take() Service {
	s := Service{socket: os.Getenv(socketVariable)}
	micros, err := strconv.ParseUint(os.Getenv(intervalVariable), 10, 63)
	pid := os.Getenv(pidVariable)
	if err == nil && (pid == "" || pid == strconv.Itoa(os.Getpid())) {
		s.watchdog = time.Duration(micros) * time.Microsecond
	}
	for _, name := range []string{socketVariable, intervalVariable, pidVariable} {
		_ = os.Unsetenv(name)
	}
	return s
}

// Run tells the manager that the program is ready, with status as the line that
// `systemctl status` shows, then that it is alive each time alive returns, and
// at the end of ctx that it stops. The manager restarts a program that stays silent.
func (s Service) Run(ctx context.Context, status string, alive func(), log *slog.Logger) {
	if s.socket == "" {
		return
	}
	s.notify("READY=1\nSTATUS="+status, log)
	defer s.notify("STOPPING=1", log)
	if s.watchdog <= 0 {
		<-ctx.Done()
		return
	}
	beat := time.NewTicker(s.watchdog / 3) // sd_watchdog_enabled(3): half of it or less
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
			alive()
			s.notify("WATCHDOG=1", log)
		}
	}
}

// notify sends one message.
func (s Service) notify(message string, log *slog.Logger) {
	if err := s.send(message); err != nil {
		log.Warn("cannot report to systemd, which may restart this program", "error", err)
	}
}

func (s Service) send(message string) error {
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: s.socket, Net: "unixgram"})
	if err != nil {
		return fmt.Errorf("NOTIFY_SOCKET: %w", err)
	}
	defer conn.Close()
	_, err = conn.Write([]byte(message))
	return err
}
