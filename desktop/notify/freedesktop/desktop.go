// Package freedesktop shows notices on desktops that follow the Desktop Notifications
// Specification, by D-Bus.
package freedesktop

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"

	"pigrid/desktop/notify"
)

const (
	service = "org.freedesktop.Notifications"
	path    = "/org/freedesktop/Notifications"
	// patience is how long a desktop may take.
	patience = 5 * time.Second
)

// Desktop shows notices. It keeps its connection: some desktops take away what a program showed that has gone.
type Desktop struct {
	mu   sync.Mutex
	conn *dbus.Conn // nil before the first notice
}

// Send shows a notice.
func (d *Desktop) Send(ctx context.Context, n notify.Notice) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if d.conn == nil || !d.conn.Connected() {
		conn, err := dbus.ConnectSessionBus()
		if err != nil {
			return err
		}
		d.conn = conn
	}
	desk := d.conn.Object(service, path)
	var can []string
	if err := desk.CallWithContext(ctx, service+".GetCapabilities", 0).Store(&can); err != nil {
		return err
	}
	body := n.Body
	if slices.Contains(can, "body-markup") {
		body = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(body)
	}
	hints := map[string]dbus.Variant{"desktop-entry": dbus.MakeVariant("pigrid")}
	return desk.CallWithContext(ctx, service+".Notify", 0, "PiGrid", uint32(0), "pigrid", n.Title, body, []string{}, hints, int32(-1)).Err
}

// Close ends the connection.
func (d *Desktop) Close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.conn != nil {
		_ = d.conn.Close()
		d.conn = nil
	}
}
