using System.Net;
using System.Net.Sockets;

namespace Governance.Azurite;

/// <summary>Ports of this machine for programs that cannot choose one themselves, or have to come back at the same.</summary>
public static class LoopbackPort
{
    // Below the ranges from which systems take ports for connections and for whoever asks for any port (Linux 32,768 and up, IANA 49,152 and up):
    // one of those may be gone before the program that it was found for has started.
    private const int First = 20_000;
    private const int Last = 29_999;
    private const int Tries = 100;

    /// <summary>A TCP port that nobody listens on now and that the system gives to nobody by itself; 20,000 to 29,999.</summary>
    /// <exception cref="SocketException">A hundred ports of these were taken.</exception>
    public static int Free()
    {
        for (var tries = 1; ; tries++)
        {
            var port = Random.Shared.Next(First, Last + 1);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied && tries < Tries)
            {
                // Another one, then.
            }
        }
    }
}
