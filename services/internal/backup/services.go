package backup

import (
	"context"
	"fmt"
	"slices"
	"strings"

	pb "github.com/rasoat/rasoat/proto/rasoat/operator/v1"
	"google.golang.org/grpc"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
)

// Services are those that keep something, in the order in which they are saved.
var Services = []string{"intake", "validation", "matching", "reporting"}

// kept is a service as one of its processes tells of it.
type kept struct {
	*pb.KeptService
	client pb.BackupServiceClient
}

// describe asks every process what it has. Of several copies of a service the first is asked for more; all gives every copy.
func describe(ctx context.Context, conns []grpc.ClientConnInterface) (first map[string]kept, all []kept, err error) {
	first = map[string]kept{}
	for _, conn := range conns {
		client := pb.NewBackupServiceClient(conn)
		resp, err := client.Describe(ctx, &pb.DescribeRequest{})
		if err != nil {
			return nil, nil, rpc.FromStatus(err)
		}
		for _, s := range resp.GetServices() {
			k := kept{s, client}
			all = append(all, k)
			if _, ok := first[s.GetService()]; !ok {
				first[s.GetService()] = k
			}
		}
	}
	var missing []string
	for _, name := range Services {
		if _, ok := first[name]; !ok {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return nil, nil, fault.New(fault.Invalid, "backup.services",
			fmt.Sprintf("Thiếu dịch vụ %s ở --server; nêu đủ bốn dịch vụ, như intake=a:1,validation=b:1,matching=c:1,reporting=d:1.", strings.Join(missing, ", ")),
			fmt.Sprintf("--server does not reach %s: name all four services, like intake=a:1,validation=b:1,matching=c:1,reporting=d:1", strings.Join(missing, ", ")))
	}
	return first, all, nil
}

// oneDrive makes sure that all services are of one drive.
func oneDrive(first map[string]kept) error {
	for _, name := range Services {
		if a, b := first[Services[0]], first[name]; a.GetDrive() != b.GetDrive() {
			return fault.New(fault.Conflict, "backup.services",
				fmt.Sprintf("Các dịch vụ không cùng một đợt: %s và %s.", a.GetDrive(), b.GetDrive()), fmt.Sprintf("the services are not of one drive: %s and %s", a.GetDrive(), b.GetDrive()))
		}
	}
	return nil
}

// lacks returns the names of documents' collections that a service does not have.
func lacks(have []string, want map[string]int64) []string {
	var out []string
	for name := range want {
		if !slices.Contains(have, name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
