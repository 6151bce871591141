using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Core.Lifetime;
using Naru.Linux.Namespaces;
using Naru.Traffic.Firewall;
using Naru.Traffic.Networks;
using Naru.Traffic.Policies;
using Naru.Traffic.Rules;
using Naru.Traffic.Sandboxes;
using Naru.Traffic.Services;

namespace Naru.Traffic;

/// <summary>Brings the networks up when naru starts and ends the background work when it stops. Networks stay while a container lives in any.</summary>
internal sealed partial class TrafficStage(
    TrafficOptions options,
    HostSide host,
    NetworkCatalog catalog,
    SandboxKeeper sandboxes,
    NamespacePool namespaces,
    LinkReaper reaper,
    RuleBook rules,
    HostFirewall firewall,
    ServiceTable services,
    AnnouncedAddresses addresses,
    PolicyBook policies,
    ILogger<TrafficStage> logger) : IEngineStage
{
    public int Order => 400;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        host.Run(EnableForwarding);
        await catalog.LoadAsync();
        sandboxes.Load();
        reaper.Start();
        await WriteRulesAsync();
        if (!options.LeadServices)
        {
            services.Remove();
            addresses.Remove();
        }

        namespaces.Fill();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await namespaces.CloseAsync();
        await reaper.StopAsync();
        if (sandboxes.IsEmpty)
        {
            // Nobody needs the networks until the next start: the host is left as it was found, its addresses free for others.
            firewall.Remove();
            services.Remove();
            addresses.Remove();
            policies.Remove();
            rules.Remove();
            catalog.RemoveLinks();
        }
    }

    private async Task WriteRulesAsync()
    {
        try
        {
            await rules.RewriteAsync();
        }
        catch (DllNotFoundException missing)
        {
            throw new NaruException(ErrorKind.FailedPrecondition, "libnftables.so.1 is not installed (Debian's package is libnftables1); networks need it", missing);
        }

        try
        {
            firewall.Start();
        }
        catch (IOException failure)
        {
            // Closed is safer than open, but no network at all helps nobody: say so loudly and go on.
            LogNoFirewall(failure.Message);
        }
    }

    private void EnableForwarding()
    {
        if (!options.EnableForwarding)
        {
            return;
        }

        try
        {
            KernelSetting.Write("net/ipv4/ip_forward", "1");

            // Forwarding would make the host deaf to router advertisements that it lives by.
            foreach (var link in Directory.EnumerateDirectories("/proc/sys/net/ipv6/conf").Select(Path.GetFileName).OfType<string>())
            {
                if (KernelSetting.Read($"net/ipv6/conf/{link}/accept_ra") == "1")
                {
                    KernelSetting.Write($"net/ipv6/conf/{link}/accept_ra", "2");
                }
            }

            KernelSetting.Write("net/ipv6/conf/all/forwarding", "1");
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            LogNoForwarding(refusal.Message);
        }
    }

    [LoggerMessage(4051, LogLevel.Error, "The host's firewall cannot be read, so published ports do not obey it: {Reason}")]
    private partial void LogNoFirewall(string reason);

    [LoggerMessage(4050, LogLevel.Warning, "Forwarding between interfaces cannot be turned on, so containers may not reach other hosts: {Reason}")]
    private partial void LogNoForwarding(string reason);
}
