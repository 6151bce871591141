using System.Collections.Immutable;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Naru.Core.Errors;
using Naru.Core.Lifetime;
using Naru.Dialects.Http.Access;
using Naru.Sockets;
using Naru.Testing;

namespace Naru.Tests.Sockets;

public sealed class LimitedSocketsTests : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly EngineDirectories _directories;
    private readonly LimitedSockets _sockets;

    public LimitedSocketsTests()
    {
        _directories = new EngineDirectories(Path.Combine(_directory.Path, "data"), Path.Combine(_directory.Path, "run"), "0123abcd");
        _sockets = Make();
    }

    public async ValueTask DisposeAsync()
    {
        await _sockets.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Connection_ReachesTheServerWithTheSocketsPolicy()
    {
        await _sockets.OpenAllAsync(default);
        await _sockets.CreateAsync(new LimitedSocket { Name = "ro", ReadOnly = true }, default);
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(_sockets.PathOf("ro")));

        await using var connection = await _sockets.Listener.AcceptAsync();

        Assert.True(connection!.Features.Get<ISocketAccess>()!.Policy.ReadOnly);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite, File.GetUnixFileMode(_sockets.PathOf("ro")));
    }

    [Fact]
    public async Task Socket_OutlivesARestart_AndIsGoneAfterRemoval()
    {
        await _sockets.OpenAllAsync(default);
        var socket = new LimitedSocket { Name = "mine", NoPrivileged = true, BindRoots = ["/srv"], Labels = ImmutableSortedDictionary<string, string>.Empty.Add("a", "b") };
        await _sockets.CreateAsync(socket, default);
        await _sockets.DisposeAsync();

        await using var again = Make();
        await again.OpenAllAsync(default);
        var found = Assert.Single(again.List());
        Assert.Equal(socket.Labels, found.Labels);
        Assert.Equal(socket.BindRoots, found.BindRoots);

        await again.RemoveAsync("mine", default);
        Assert.Empty(again.List());
        Assert.False(File.Exists(again.PathOf("mine")));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("../x", true)]
    [InlineData("Upper", true)]
    [InlineData("-x", true)]
    [InlineData("fine", false)]
    public async Task Create_BreakingARule_IsRefusedAndLeavesNothing(string name, bool readOnly)
    {
        await _sockets.OpenAllAsync(default);

        var exception = await Assert.ThrowsAsync<NaruException>(() => _sockets.CreateAsync(new LimitedSocket { Name = name, ReadOnly = readOnly }, default));

        Assert.Equal(ErrorKind.InvalidArgument, exception.Kind);
        Assert.Empty(Directory.EnumerateFiles(_directories.DataPath("sockets")));
    }

    [Fact]
    public async Task Create_NameTaken_IsRefused()
    {
        await _sockets.OpenAllAsync(default);
        await _sockets.CreateAsync(new LimitedSocket { Name = "x", ReadOnly = true }, default);

        var exception = await Assert.ThrowsAsync<NaruException>(() => _sockets.CreateAsync(new LimitedSocket { Name = "x", ReadOnly = true }, default));

        Assert.Equal(ErrorKind.AlreadyExists, exception.Kind);
    }

    private LimitedSockets Make() => new(
        new LimitedSocketStore(_directories),
        _directories,
        new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance),
        NullLogger<LimitedSockets>.Instance);
}
