using System.Text.Json;

namespace Naru.Cluster.Subresources;

/// <summary>Where in a waiting pod's text stands what a binding changes. Offsets in bytes.</summary>
internal ref struct PodTextPlaces
{
    private Utf8JsonReader _reader;

    private PodTextPlaces(ReadOnlySpan<byte> text) => _reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = 1000 });

    /// <summary>Value of metadata.generation; empty if there is none.</summary>
    public (int From, int To) Generation { get; private set; }

    /// <summary>The bracket that closes the spec.</summary>
    public int SpecEnd { get; private set; }

    /// <summary>Where the condition goes: before the bracket that closes the conditions, or, if there are none, the status.</summary>
    public int Told { get; private set; }

    /// <summary>There is a list of conditions.</summary>
    public bool HasConditions { get; private set; }

    /// <summary>No other condition stands beside the one of this type.</summary>
    public bool IsAlone { get; private set; }

    /// <summary>The condition PodScheduled that stands, with the comma that goes with it; empty, and before <see cref="Told"/>, if there is none.</summary>
    public (int From, int To) Scheduled { get; private set; }

    /// <summary>Finds them. False if the pod is ending, gated, placed or of another form than the core writes.</summary>
    public static bool TryFind(ReadOnlySpan<byte> text, out PodTextPlaces places)
    {
        places = new PodTextPlaces(text);
        return places.ReadPod();
    }

    private bool ReadPod()
    {
        _reader.Read();
        while (NextField())
        {
            var fits = _reader.ValueTextEquals("metadata"u8) ? ReadMetadata() : _reader.ValueTextEquals("spec"u8) ? ReadSpec() : !_reader.ValueTextEquals("status"u8) || ReadStatus();
            if (!fits)
            {
                return false;
            }

            _reader.Skip();
        }

        return SpecEnd > 0 && Told > SpecEnd;
    }

    private bool ReadMetadata()
    {
        if (!Enters())
        {
            return false;
        }

        while (NextField())
        {
            if (_reader.ValueTextEquals("deletionTimestamp"u8))
            {
                return false;
            }

            if (_reader.ValueTextEquals("generation"u8))
            {
                _reader.Read();
                Generation = ((int)_reader.TokenStartIndex, (int)_reader.BytesConsumed);
            }
            else
            {
                _reader.Skip();
            }
        }

        return true;
    }

    private bool ReadSpec()
    {
        var fields = 0;
        if (!Enters())
        {
            return false;
        }

        while (NextField())
        {
            if (_reader.ValueTextEquals("nodeName"u8) || _reader.ValueTextEquals("schedulingGates"u8))
            {
                return false;
            }

            fields++;
            _reader.Skip();
        }

        SpecEnd = (int)_reader.TokenStartIndex;
        return fields > 0;
    }

    private bool ReadStatus()
    {
        var fields = 0;
        if (!Enters())
        {
            return false;
        }

        while (NextField())
        {
            fields++;
            if (!_reader.ValueTextEquals("conditions"u8))
            {
                _reader.Skip();
            }
            else if (!ReadConditions())
            {
                return false;
            }
        }

        if (!HasConditions)
        {
            Told = (int)_reader.TokenStartIndex;
            Scheduled = (Told, Told);
        }

        return fields > 0;
    }

    private bool ReadConditions()
    {
        var (before, after, found) = (0, 0, false);
        _reader.Read();
        HasConditions = _reader.TokenType == JsonTokenType.StartArray;
        while (HasConditions && _reader.Read() && _reader.TokenType == JsonTokenType.StartObject)
        {
            var from = (int)_reader.TokenStartIndex;
            if (!IsScheduled())
            {
                (before, after) = found ? (before, after + 1) : (before + 1, after);
                continue;
            }

            if (found)
            {
                return false;
            }

            found = true;
            Scheduled = (from, (int)_reader.BytesConsumed);
        }

        Told = (int)_reader.TokenStartIndex;
        IsAlone = before + after == 0;

        // With the comma before it, or, if it is the first, the one behind it.
        Scheduled = !found ? (Told, Told) : before > 0 ? (Scheduled.From - 1, Scheduled.To) : after > 0 ? (Scheduled.From, Scheduled.To + 1) : Scheduled;
        return HasConditions;
    }

    private bool IsScheduled()
    {
        var scheduled = false;
        while (NextField())
        {
            if (_reader.ValueTextEquals("type"u8))
            {
                _reader.Read();
                scheduled = _reader.ValueTextEquals("PodScheduled"u8);
            }
            else
            {
                _reader.Skip();
            }
        }

        return scheduled;
    }

    private bool Enters() => _reader.Read() && _reader.TokenType == JsonTokenType.StartObject;

    private bool NextField() => _reader.Read() && _reader.TokenType == JsonTokenType.PropertyName;
}
