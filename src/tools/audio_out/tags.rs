//! Tags and artwork: read from one file, written with another, whatever the formats are.

use std::path::Path;

use anyhow::Result;
use flac_codec::metadata::{Picture as FlacPicture, PictureType as FlacPictureType, VorbisComment};
use lofty::config::{ParseOptions, WriteOptions};
use lofty::file::TaggedFileExt;
use lofty::id3::v2::Id3v2Tag;
use lofty::iff::wav::RiffInfoList;
use lofty::ogg::tag::VorbisComments;
use lofty::picture::{Picture, PictureInformation, PictureType};
use lofty::probe::Probe;
use lofty::tag::{ItemKey, Tag, TagExt, TagType};

/// What is true of the file it was read from only: how loud it was.
const OF_THE_SOURCE: [ItemKey; 4] = [
    ItemKey::ReplayGainAlbumGain,
    ItemKey::ReplayGainAlbumPeak,
    ItemKey::ReplayGainTrackGain,
    ItemKey::ReplayGainTrackPeak,
];

/// Kinds of pictures by their number, which ID3v2 and FLAC have in common.
const PICTURE_TYPES: [FlacPictureType; 21] = [
    FlacPictureType::Other,
    FlacPictureType::Png32x32,
    FlacPictureType::GeneralFileIcon,
    FlacPictureType::FrontCover,
    FlacPictureType::BackCover,
    FlacPictureType::LinerNotes,
    FlacPictureType::MediaLabel,
    FlacPictureType::LeadArtist,
    FlacPictureType::Artist,
    FlacPictureType::Conductor,
    FlacPictureType::Band,
    FlacPictureType::Composer,
    FlacPictureType::Lyricist,
    FlacPictureType::RecordingLocation,
    FlacPictureType::DuringRecording,
    FlacPictureType::DuringPerformance,
    FlacPictureType::ScreenCapture,
    FlacPictureType::Fish,
    FlacPictureType::Illustration,
    FlacPictureType::BandLogo,
    FlacPictureType::PublisherLogo,
];

/// The tags of a file, as far as they are known by name, and its pictures.
#[derive(Clone, Default)]
pub struct Tags(Option<Tag>);

/// A chunk of a WAV.
pub struct Chunk {
    /// Its name.
    pub id: [u8; 4],
    /// What follows its name and length.
    pub data: Vec<u8>,
}

impl Tags {
    /// Reads those of a file; there may be none.
    ///
    /// # Errors
    /// When they are damaged.
    pub fn read(path: &Path) -> Result<Self> {
        let options = ParseOptions::new().read_properties(false);
        let probe = Probe::open(path)?.options(options).guess_file_type()?;
        let file = probe.read()?;
        let mut tag = file.primary_tag().or(file.first_tag()).cloned();
        if let Some(tag) = &mut tag {
            tag.retain(|item| !OF_THE_SOURCE.contains(&item.key()));
            name_covers(tag);
        }
        Ok(Self(tag.filter(|tag| !tag.is_empty())))
    }

    /// The chunks that carry them in a WAV: ID3v2, and `INFO` for what it has names for.
    ///
    /// # Errors
    /// When they are too large.
    pub fn wav_chunks(&self) -> Result<Vec<Chunk>> {
        let Some(tag) = &self.0 else {
            return Ok(Vec::new());
        };
        let options = WriteOptions::default();
        let (mut id3, mut info) = (Vec::new(), Vec::new());
        let mut mapped = tag.clone();
        mapped.re_map(TagType::RiffInfo);
        RiffInfoList::from(mapped).dump_to(&mut info, options)?;
        Id3v2Tag::from(tag.clone()).dump_to(&mut id3, options)?;
        // This one comes with its name and length.
        let info = info.get(8..).map(|data| Chunk {
            id: *b"LIST",
            data: data.to_vec(),
        });
        let id3 = Chunk {
            id: *b"id3 ",
            data: id3,
        };
        let chunks = info.into_iter().chain([id3]);
        Ok(chunks.filter(|chunk| !chunk.data.is_empty()).collect())
    }

    /// The comment that carries the text of them in a FLAC.
    pub fn flac_comment(&self) -> VorbisComment {
        let comments = self.0.clone().map(VorbisComments::from).unwrap_or_default();
        let fields = comments
            .items()
            .map(|(key, value)| format!("{key}={value}"));
        VorbisComment {
            fields: fields.collect(),
            ..VorbisComment::default()
        }
    }

    /// The pictures, for a FLAC.
    pub fn flac_pictures(&self) -> Vec<FlacPicture> {
        let pictures = self.0.as_ref().map_or(&[][..], Tag::pictures);
        pictures.iter().map(flac_picture).collect()
    }
}

/// The pictures of an MP4 are covers, which it does not say.
fn name_covers(tag: &mut Tag) {
    if tag.tag_type() != TagType::Mp4Ilst {
        return;
    }
    for index in 0..tag.pictures().len() {
        let mut picture = tag.pictures()[index].clone();
        picture.set_pic_type(PictureType::CoverFront);
        tag.set_picture(index, picture);
    }
}

fn flac_picture(picture: &Picture) -> FlacPicture {
    let about = PictureInformation::from_picture(picture).unwrap_or_default();
    let kind = PICTURE_TYPES.get(usize::from(picture.pic_type().as_u8()));
    FlacPicture {
        picture_type: kind.copied().unwrap_or(FlacPictureType::Other),
        media_type: picture.mime_type().map_or("", |m| m.as_str()).to_owned(),
        description: picture.description().unwrap_or_default().to_owned(),
        width: about.width,
        height: about.height,
        color_depth: about.color_depth,
        colors_used: about.num_colors.try_into().ok(),
        data: picture.data().to_vec(),
    }
}
