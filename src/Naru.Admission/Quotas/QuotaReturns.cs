using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Objects.Api;

namespace Naru.Admission.Quotas;

/// <summary>Gives back, in the background, what was taken for writes that were not made. What is lost here (a crash) the quota controller finds when it counts anew.</summary>
internal sealed partial class QuotaReturns(Lazy<IObjects> objects, ILogger<QuotaReturns> logger)
{
    private readonly Channel<Charge> _charges = Channel.CreateBounded<Charge>(new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public void Add(Charge charge) => _charges.Writer.TryWrite(charge);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var charge in _charges.Reader.ReadAllAsync(cancellationToken))
        {
            foreach (var (quota, uid, quantities) in charge.Quotas)
            {
                try
                {
                    await QuotaLedger.GiveBackAsync(objects.Value, charge.Namespace, quota, uid, quantities, cancellationToken);
                }
                catch (NaruException failure)
                {
                    LogFailed(quota, failure);
                }
            }
        }
    }

    [LoggerMessage(11501, LogLevel.Warning, "What was taken from quota {Quota} could not be given back; it is counted anew later")]
    private partial void LogFailed(string quota, Exception exception);
}
