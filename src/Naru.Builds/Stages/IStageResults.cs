using Naru.Builds.Dockerfiles;
using Naru.Core.Builds;

namespace Naru.Builds.Stages;

/// <summary>What steps need of other stages.</summary>
internal interface IStageResults
{
    /// <summary>The stage that a name or number means among those before an index.</summary>
    Stage? Find(string name, int before);

    /// <summary>Waits until a stage is done.</summary>
    Task<StageState> ResultAsync(Stage stage);

    /// <summary>An image, fetched if need be, or a named context that stands for one.</summary>
    Task<StageState> ImageAsync(string name, BuildStep step, CancellationToken cancellationToken);
}
