using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Naru.Objects.Values;

namespace Naru.Agent.Services;

/// <summary>Answers load balancers of other makers that ask at a service's <c>healthCheckNodePort</c> whether this node has endpoints of it.</summary>
internal sealed partial class HealthPorts(ILogger<HealthPorts> logger) : IAsyncDisposable
{
    private readonly Dictionary<ushort, HealthPort> _ports = [];

    /// <summary>Opens and closes ports, and says what they answer from now on. One caller at a time.</summary>
    public async Task SetAsync(IEnumerable<ServiceSight> services)
    {
        var wanted = new Dictionary<ushort, HealthAnswer>();
        foreach (var sight in services)
        {
            if (sight.Service.Integer("spec", "healthCheckNodePort") is > 0 and < 65536 and var port && sight.Service.Text("spec", "externalTrafficPolicy") == "Local")
            {
                wanted[(ushort)port] = new HealthAnswer(sight.Service.Text("metadata", "namespace") ?? "", sight.Service.Text("metadata", "name") ?? "", LocalEndpoints.Count(sight));
            }
        }

        foreach (var (number, port) in _ports.Where(row => !wanted.ContainsKey(row.Key)).ToList())
        {
            _ports.Remove(number);
            await port.DisposeAsync();
        }

        foreach (var (number, answer) in wanted)
        {
            if (_ports.TryGetValue(number, out var there))
            {
                there.Answer = answer;
            }
            else if (Open(number, answer) is { } opened)
            {
                _ports[number] = opened;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var port in _ports.Values)
        {
            await port.DisposeAsync();
        }

        _ports.Clear();
    }

    private HealthPort? Open(ushort number, HealthAnswer answer)
    {
        try
        {
            return new HealthPort(number, answer);
        }
        catch (SocketException failure)
        {
            LogTaken(number, failure.Message);
            return null;
        }
    }

    [LoggerMessage(17201, LogLevel.Warning, "The health check of a service cannot be answered at port {Port}: {Problem}")]
    private partial void LogTaken(ushort port, string problem);
}
