using System.Text;
using Naru.Dialects.Kubernetes.Answers;
using Naru.Dialects.Kubernetes.Server;

namespace Naru.Dialects.Kubernetes.Fairness;

/// <summary><c>/debug/api_priority_and_fairness/…</c>: levels, queues and waiting requests as lines.</summary>
internal sealed class FairnessDumps(FairnessGate gate, AnswerSender sender, TimeProvider time) : IPathEndpoint
{
    private const string Root = "/debug/api_priority_and_fairness/";

    public bool Takes(string path) => path.StartsWith(Root, StringComparison.Ordinal);

    public Task HandleAsync(Exchange exchange)
    {
        var text = exchange.Target.Path[Root.Length..] switch
        {
            "dump_priority_levels" => Levels(),
            "dump_queues" => Queues(),
            "dump_requests" => Requests(),
            _ => throw StatusFailure.NoSuchPath(),
        };
        return sender.SendAsync(exchange, new Payload(Encoding.UTF8.GetBytes(text)), 200, "text/plain; charset=utf-8");
    }

    private string Levels()
    {
        var text = new StringBuilder("PriorityLevelName, ActiveQueues, IsIdle, IsQuiescing, WaitingRequests, ExecutingRequests, NominalSeats, SeatsInUse\n");
        foreach (var level in gate.Levels)
        {
            var active = level.Queues.Count(static one => one.Waiting.Count > 0);
            text.Append($"{level.Name}, {active}, {Word(level is { Executing: 0, Queued: 0 })}, false, {level.Queued}, {level.Executing}, {level.Nominal}, {level.InUse}\n");
        }

        return text.ToString();
    }

    private string Queues()
    {
        var text = new StringBuilder("PriorityLevelName, Index, PendingRequests, VirtualStart\n");
        foreach (var level in gate.Levels)
        {
            for (var index = 0; index < level.Queues.Length; index++)
            {
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{level.Name}, {index}, {level.Queues[index].Waiting.Count}, {level.Queues[index].Served:F4}\n");
            }
        }

        return text.ToString();
    }

    private string Requests()
    {
        var text = new StringBuilder("PriorityLevelName, Flow, Seats, WaitedSeconds\n");
        foreach (var level in gate.Levels)
        {
            foreach (var request in level.Queues.SelectMany(static one => one.Waiting.ToArray()))
            {
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{level.Name}, {request.Flow}, {request.Seats}, {time.GetElapsedTime(request.Since).TotalSeconds:F3}\n");
            }
        }

        return text.ToString();
    }

    private static string Word(bool truth) => truth ? "true" : "false";
}
