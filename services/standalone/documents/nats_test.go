package documents

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	natsgo "github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/crypto/bcrypt"
)

// nats knows "server passwd", "stream info" and "subscribe --stream --last-per-subject --headers-only". The last two ask a real broker.
func nats(args []string) error {
	args, of := options(args, "--server")
	if len(args) == 4 && strings.Join(args[:3], " ") == "server passwd --pass" {
		hash, err := bcrypt.GenerateFromPassword([]byte(args[3]), bcrypt.MinCost)
		fmt.Println(string(hash))
		return err
	}
	if len(of["--server"]) != 1 || len(args) < 2 {
		return errors.New("a server and what to do belong to it")
	}
	nc, err := natsgo.Connect(of["--server"][0])
	if err != nil {
		return err
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	if args[0] == "stream" && args[1] == "info" && len(args) == 3 {
		return streamInfo(js, args[2])
	}
	if args[0] == "subscribe" {
		rest, of := options(args[1:], "--stream", "--count")
		if len(rest) == 1 && len(of["--stream"]) == 1 && len(of["--count"]) == 1 && of["--last-per-subject"] != nil && of["--headers-only"] != nil {
			return lastHeaders(js, of["--stream"][0], rest[0], of["--count"][0])
		}
	}
	return fmt.Errorf("%v is not known", args)
}

func streamInfo(js jetstream.JetStream, name string) error {
	stream, err := js.Stream(context.Background(), name)
	if err != nil {
		return err
	}
	info := stream.CachedInfo()
	fmt.Printf("Information for Stream %s\nSubjects: %s\nMessages: %d\n", info.Config.Name, strings.Join(info.Config.Subjects, ", "), info.State.Msgs)
	return nil
}

// lastHeaders prints the headers of the newest messages of some subjects.
func lastHeaders(js jetstream.JetStream, stream, filter, count string) error {
	n, err := strconv.Atoi(count)
	if err != nil {
		return err
	}
	c, err := js.OrderedConsumer(context.Background(), stream, jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{filter}, DeliverPolicy: jetstream.DeliverLastPerSubjectPolicy, HeadersOnly: true,
	})
	if err != nil {
		return err
	}
	for range n {
		m, err := c.Next()
		if err != nil {
			return err
		}
		fmt.Println(m.Subject())
		for name, values := range m.Headers() {
			fmt.Printf("%s: %s\n", name, strings.Join(values, ", "))
		}
	}
	return nil
}
