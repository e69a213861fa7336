package eventlog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// Floor is how far a durable consumer has come for good, and how it is made.
type Floor struct {
	Stream  string `json:"stream"`
	Durable string `json:"durable"`
	// Floor is the last message up to which everything was answered for.
	Floor  uint64          `json:"floor"`
	Config json.RawMessage `json:"config"`
}

// Leases is the stream of the broker in which the holders of leases sign. It is there when somebody ever held one.
const Leases = "KV_" + leases

// RestoredKey stands in the metadata of a stream that was put back from a backup: "<its last message then> <the id of the backup>", the newest first,
// each earlier one behind a comma. What had been stored after such a message is gone, and its numbers are given to others.
const RestoredKey = "rasoat-restored"

// Restored tells how a stream was put back from a backup the last time, as RestoredKey has it; "" when it never was.
func (l *Log) Restored(ctx context.Context, stream string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, attemptWithin)
	defer cancel()
	s, err := l.js.Stream(ctx, stream)
	if err != nil {
		return "", unavailable("eventlog.restored", err)
	}
	return s.CachedInfo().Config.Metadata[RestoredKey], nil
}

// Floors returns the floor of every durable of a stream, by name; none of a stream that is not there. It fails with fault.Unavailable.
func Floors(ctx context.Context, js jetstream.JetStream, stream string) ([]Floor, error) {
	const op = "eventlog.floors"
	ctx, cancel := context.WithTimeout(ctx, 4*attemptWithin)
	defer cancel()
	s, err := js.Stream(ctx, stream)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, unavailable(op, err)
	}
	var out []Floor
	list := s.ListConsumers(ctx)
	for info := range list.Info() {
		if info.Config.Durable == "" {
			continue
		}
		config, err := json.Marshal(info.Config)
		if err != nil {
			return nil, fault.Wrap(fault.Internal, op, err)
		}
		out = append(out, Floor{Stream: stream, Durable: info.Config.Durable, Floor: info.AckFloor.Stream, Config: config})
	}
	if err := list.Err(); err != nil {
		return nil, unavailable(op, err)
	}
	return out, nil
}

// SetFloor makes a durable as it was and has it begin behind its floor. One that is there already with the same configuration is moved. Of a reader
// that begins elsewhere than at the beginning of its stream (a stranger's) only the place is kept: it begins by sequence from now on.
func SetFloor(ctx context.Context, nc *nats.Conn, f Floor) error {
	const op = "eventlog.set_floor"
	js, err := jetstream.New(nc)
	if err != nil {
		return fault.Wrap(fault.Internal, op, err)
	}
	var config map[string]any
	if err := json.Unmarshal(f.Config, &config); err != nil {
		return fault.Wrap(fault.Invalid, op, err)
	}
	movable := config["deliver_policy"] == "all"
	if !movable {
		config["deliver_policy"], config["opt_start_seq"] = "by_start_sequence", f.Floor+1
		delete(config, "opt_start_time")
	}
	request, err := json.Marshal(map[string]any{"stream_name": f.Stream, "config": config})
	if err != nil {
		return fault.Wrap(fault.Internal, op, err)
	}
	ctx, cancel := context.WithTimeout(ctx, 4*attemptWithin)
	defer cancel()
	for wait := (backoff{}); ; {
		err := create(ctx, nc, f, request)
		var api *jetstream.APIError
		if err == nil || errors.As(err, &api) && api.Code < 500 {
			if err != nil {
				return fault.Wrap(fault.Conflict, op, fmt.Errorf("the durable %s of %s: %w", f.Durable, f.Stream, err))
			}
			break
		}
		if !wait.sleep(ctx) {
			return unavailable(op, err)
		}
	}
	if !movable || f.Floor == 0 {
		return nil
	}
	if _, err := js.ResetConsumerToSequence(ctx, f.Stream, f.Durable, f.Floor+1); err != nil {
		return unavailable(op, err)
	}
	return nil
}

// create makes a durable by the API itself: the library writes no push consumers, and not what it does not know.
func create(ctx context.Context, nc *nats.Conn, f Floor, request []byte) error {
	ctx, cancel := context.WithTimeout(ctx, attemptWithin)
	defer cancel()
	msg, err := nc.RequestWithContext(ctx, "$JS.API.CONSUMER.DURABLE.CREATE."+f.Stream+"."+f.Durable, request)
	if err != nil {
		return err
	}
	var answer struct {
		Error   *jetstream.APIError `json:"error"`
		Created time.Time           `json:"created"`
	}
	if err := json.Unmarshal(msg.Data, &answer); err != nil {
		return err
	}
	if answer.Error != nil {
		return answer.Error
	}
	return nil
}
