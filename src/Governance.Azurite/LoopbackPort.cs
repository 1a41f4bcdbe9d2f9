using System.Net;
using System.Net.Sockets;

namespace Governance.Azurite;

/// <summary>Ports of this machine for programs that cannot choose one themselves, or have to come back at the same.</summary>
public static class LoopbackPort
{
    /// <summary>A TCP port that nobody listens on now; 1 to 65,535. Who is slow may still find it taken.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
