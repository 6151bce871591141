namespace Naru.Controllers.Runtime;

/// <summary>Work beside the controllers that only the server does that leads.</summary>
public interface ILedWork
{
    /// <summary>Works until the token ends; called again whenever this server leads again.</summary>
    Task RunAsync(CancellationToken cancellationToken);
}
