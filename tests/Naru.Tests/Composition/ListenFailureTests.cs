using System.Net;
using System.Net.Sockets;
using Naru.Composition;
using Naru.Configuration;

namespace Naru.Tests.Composition;

public sealed class ListenFailureTests
{
    [Fact]
    public void TakenAddress_IsToldByItsOption()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var address = taken.LocalEndPoint!.ToString()!;
        var cause = new IOException($"Failed to bind to address https://{address}: address already in use.", new SocketException((int)SocketError.AddressAlreadyInUse));

        var failure = ListenFailure.Of(new NaruOptions { KubernetesAddress = "127.0.0.1:0", DockerTlsAddress = address }, cause);

        Assert.Equal($"docker-tls-address: cannot listen on {address}: Address already in use", failure.Message);
    }

    [Fact]
    public void AddressOfAnotherMachine_IsToldByItsOption()
    {
        // TEST-NET-3: no machine has it.
        var failure = ListenFailure.Of(new NaruOptions { KubernetesAddress = "203.0.113.5:6443" }, new SocketException((int)SocketError.AddressNotAvailable));

        Assert.Equal("kubernetes-address: cannot listen on 203.0.113.5:6443: Cannot assign requested address", failure.Message);
    }

    [Fact]
    public void AnythingElse_IsToldAsItIs() =>
        Assert.Equal("the pipe is broken", ListenFailure.Of(new NaruOptions { KubernetesAddress = "127.0.0.1:0" }, new IOException("the pipe is broken")).Message);
}
